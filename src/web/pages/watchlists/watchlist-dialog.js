/** The form of a watchlist, for a new one and for one that is changed. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Copyable } from '../../components/copy-button.js';
import { Dialog } from '../../components/dialog.js';
import { IndicatorInput } from '../../components/indicator-input.js';
import { NotUnderstood } from '../../components/not-understood.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { messageOf } from '../../lib/api.js';
import { counted } from '../../lib/format.js';
import { tellDone } from '../../lib/notices.js';
import { isoOf, localInput } from '../../lib/time-range.js';

/**
 * @typedef {object} Given what the form holds; an empty text stands for nothing
 * @property {string} name
 * @property {string} owner
 * @property {string} indicators
 * @property {string} origin
 * @property {string} expires ISO time
 * @property {string} webhook
 */

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.action what the button says
 * @param {string} props.done what it has done, such as `created`
 * @param {Partial<Given>} props.initial its owner is asked for when it has one
 * @param {(given: Given) => Promise<any>} props.save sends it
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 */
export function WatchlistDialog({ title, action, done, initial, save, onClose, onDone }) {
  const [list, setList] = useState(initial.indicators ?? '');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  /** @type {ReturnType<typeof useState<any>>} */
  const [saved, setSaved] = useState(undefined);
  const expires = localInput(initial.expires);
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const text = (/** @type {string} */ name) => String(given.get(name) ?? '').trim();
    const until = text('expires');
    setBusy(true);
    try {
      const made = await save({
        ...{ name: text('name'), owner: text('owner'), indicators: list, origin: text('origin') },
        expires: until === expires ? (initial.expires ?? '') : until && isoOf(new Date(until).getTime()),
        webhook: text('webhook'),
      });
      tellDone(`The watchlist ${made.name} was ${done} with ${counted(made.size, 'indicator')}.`);
      onDone();
      if (made.webhookSecret === undefined && made.notUnderstoodCount === 0) onClose();
      else setSaved(made);
    } catch (cause) {
      setError(messageOf(cause));
    } finally {
      setBusy(false);
    }
  };
  if (saved !== undefined) return html`<${Saved} made=${saved} done=${done} onClose=${onClose} />`;
  return html`
    <${Dialog}
      title=${title}
      wide
      onClose=${onClose}
      footer=${html`
        <${SteadyButton} type="submit" form="watchlist" class="primary" isOff=${isBusy || list.trim() === ''}>${action}<//>
        <button type="button" onClick=${onClose}>Cancel</button>
      `}
    >
      <form id="watchlist" class="stack" onSubmit=${onSubmit}>
        <${Problem} error=${error} />
        <label>Name <input name="name" required maxlength="128" autofocus autocomplete="off" defaultValue=${initial.name} /></label>
        <${IndicatorInput} text=${list} onChange=${setList} />
        <label>
          Where they come from (optional)
          <input name="origin" maxlength="1000" autocomplete="off" defaultValue=${initial.origin} />
        </label>
        ${
          initial.owner === undefined
            ? null
            : html`<label>Owner <input name="owner" required maxlength="128" autocomplete="off" defaultValue=${initial.owner} /></label>`
        }
        <label>Expires (optional) <input name="expires" type="datetime-local" step="1" defaultValue=${expires} /></label>
        <label>
          Webhook (optional)
          <input name="webhook" type="url" maxlength="2000" placeholder="https://soar.example.com/hooks/mimecast" autocomplete="off" defaultValue=${initial.webhook} />
        </label>
      </form>
    <//>
  `;
}

/** What is told only now. @param {{ made: any, done: string, onClose: () => void }} props */
function Saved({ made, done, onClose }) {
  const [isAsking, setAsking] = useState(false);
  const close = () => (made.webhookSecret === undefined ? onClose() : setAsking(true));
  return html`
    <${Dialog} title=${`Watchlist ${made.name}`} wide onClose=${close} footer=${html`<button type="button" class="primary" onClick=${onClose}>Done</button>`}>
      <p>It was ${done} with ${counted(made.size, 'indicator')}.</p>
      ${
        made.webhookSecret === undefined
          ? null
          : html`
              <p>Hits sent to the webhook are signed with this secret. It is shown only once.</p>
              <${Copyable} label="Secret of the webhook" text=${made.webhookSecret} />
            `
      }
      <${NotUnderstood} entries=${made.notUnderstood} total=${made.notUnderstoodCount} />
      ${
        isAsking
          ? html`
              <${ConfirmDialog} title="Close without the secret" action="Close" isDangerous onClose=${() => setAsking(false)} onConfirm=${onClose}>
                <p>The secret is never shown again. Have you copied it?</p>
              <//>
            `
          : null
      }
    <//>
  `;
}
