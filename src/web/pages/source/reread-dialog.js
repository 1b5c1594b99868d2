/** Asks for the time and the streams that are to be read again. */

import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.js';
import { Problem } from '../../components/problem.js';
import { messageOf, send } from '../../lib/api.js';
import { tellDone } from '../../lib/notices.js';
import { KINDS } from './reread-kinds.js';

/**
 * @param {object} props
 * @param {import('./reread-kinds.js').Reread['kind']} props.kind
 * @param {string} props.path of the source in the API
 * @param {readonly string[]} props.streams
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onStarted
 */
export function RereadDialog({ kind, path, streams, onClose, onStarted }) {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useId();
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(given.get(name) ?? '').trim();
    const chosen = given.getAll('streams').map(String);
    const wish = {
      ...(chosen.length === streams.length ? {} : { streams: chosen }),
      ...(text('from') === '' ? {} : { from: text('from') }),
      ...(text('to') === '' ? {} : { to: text('to') }),
    };
    setBusy(true);
    try {
      await send('POST', `${path}/rereads/${kind}`, wish);
    } catch (refusal) {
      setError(messageOf(refusal));
      return;
    } finally {
      setBusy(false);
    }
    tellDone(`${KINDS[kind].title} has been started.`);
    onStarted();
  };
  const footer = html`
    <button type="submit" class="primary" form=${form} disabled=${isBusy}>Start ${kind}</button>
    <button type="button" onClick=${onClose}>Cancel</button>
  `;
  return html`
    <${Dialog} title=${KINDS[kind].title} onClose=${onClose} footer=${footer}>
      <form class="stack" id=${form} onSubmit=${onSubmit}>
        <p>It ${KINDS[kind].does}. Collection continues meanwhile.</p>
        <${Problem} error=${error} />
        <label>From <input name="from" maxlength="64" placeholder="the first day that the source asked for" /></label>
        <label>To <input name="to" maxlength="64" placeholder="now" /></label>
        <p class="hint">A time such as 2026-11-20T08:00:00Z, or an age such as 7d or 12h.</p>
        <fieldset>
          <legend>Streams</legend>
          ${streams.map(
            (stream) => html`
              <label class="inline" key=${stream}>
                <input type="checkbox" name="streams" value=${stream} defaultChecked /> ${stream}
              </label>
            `,
          )}
        </fieldset>
      </form>
    <//>
  `;
}
