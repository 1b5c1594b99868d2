/** Asks for the time and the streams that are to be read again. */

import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { messageOf, send } from '../../lib/api.js';
import { tellDone } from '../../lib/notices.js';
import { chosenRecords } from './record-choice.js';
import { KINDS } from './reread-kinds.js';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

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
    const wish = chosenRecords(new FormData(event.target), streams);
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
    <${SteadyButton} type="submit" class="primary" form=${form} isOff=${isBusy}>Start ${kind}<//>
    <button type="button" onClick=${onClose}>Cancel</button>
  `;
  return html`
    <${Dialog} title=${KINDS[kind].title} onClose=${onClose} footer=${footer}>
      <form class="stack" id=${form} onSubmit=${onSubmit}>
        <p>${KINDS[kind].does}. Collection continues meanwhile.</p>
        <${Problem} error=${error} />
        <label>From <input name="from" type="datetime-local" step="1" aria-describedby=${`${form}-times`} /></label>
        <label>To <input name="to" type="datetime-local" step="1" aria-describedby=${`${form}-times`} /></label>
        <p class="hint" id=${`${form}-times`}>
          Times are in ${ZONE}. Without a start, it is the first day that the source asked for; without an end, now.
        </p>
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
