/** A new watchlist. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Copyable } from '../../components/copy-button.js';
import { Dialog } from '../../components/dialog.js';
import { IndicatorInput } from '../../components/indicator-input.js';
import { NotUnderstood } from '../../components/not-understood.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { messageOf, send } from '../../lib/api.js';
import { counted } from '../../lib/format.js';
import { tellDone } from '../../lib/notices.js';
import { isoOf } from '../../lib/time-range.js';

/**
 * @param {object} props
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 * @param {string} [props.indicators] to begin with
 */
export function CreateWatchlist({ onClose, onDone, indicators = '' }) {
  const [list, setList] = useState(indicators);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  /** @type {ReturnType<typeof useState<any>>} */
  const [created, setCreated] = useState(undefined);
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const text = (/** @type {string} */ name) => String(given.get(name) ?? '').trim();
    setBusy(true);
    try {
      const made = await send('POST', '/watchlists', {
        name: text('name'),
        indicators: list,
        ...(text('origin') && { origin: text('origin') }),
        ...(text('expires') && { expires: isoOf(new Date(text('expires')).getTime()) }),
        ...(text('webhook') && { webhook: text('webhook') }),
      });
      tellDone(`The watchlist ${made.name} was created with ${counted(made.size, 'indicator')}.`);
      onDone();
      if (made.webhookSecret === undefined && made.notUnderstoodCount === 0) onClose();
      else setCreated(made);
    } catch (cause) {
      setError(messageOf(cause));
    } finally {
      setBusy(false);
    }
  };
  if (created !== undefined) return html`<${Created} made=${created} onClose=${onClose} />`;
  return html`
    <${Dialog}
      title="New watchlist"
      wide
      onClose=${onClose}
      footer=${html`
        <${SteadyButton} type="submit" form="new-watchlist" class="primary" isOff=${isBusy || list.trim() === ''}>Create<//>
        <button type="button" onClick=${onClose}>Cancel</button>
      `}
    >
      <form id="new-watchlist" class="stack" onSubmit=${onSubmit}>
        <${Problem} error=${error} />
        <label>Name <input name="name" required maxlength="128" autofocus autocomplete="off" /></label>
        <${IndicatorInput} text=${list} onChange=${setList} />
        <label>Where they come from (optional) <input name="origin" maxlength="1000" autocomplete="off" /></label>
        <label>Expires (optional) <input name="expires" type="datetime-local" /></label>
        <label>
          Webhook (optional)
          <input name="webhook" type="url" maxlength="2000" placeholder="https://soar.example.com/hooks/mimecast" autocomplete="off" />
        </label>
      </form>
    <//>
  `;
}

/** What is told only now. @param {{ made: any, onClose: () => void }} props */
function Created({ made, onClose }) {
  const [isAsking, setAsking] = useState(false);
  const close = () => (made.webhookSecret === undefined ? onClose() : setAsking(true));
  return html`
    <${Dialog} title=${`Watchlist ${made.name}`} wide onClose=${close} footer=${html`<button type="button" class="primary" onClick=${onClose}>Done</button>`}>
      <p>It was created with ${counted(made.size, 'indicator')}.</p>
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
