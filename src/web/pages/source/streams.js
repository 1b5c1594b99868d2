/** Each stream: where it stands, what it has stored, how far it is behind, and what is or was wrong. */

import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { Time } from '../../components/time.js';
import { count, duration } from '../../lib/format.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { mayChange } from '../../lib/session.js';
import { isLeaving } from './actions.js';
import { CollectNow } from './collect-now.js';
import { rateText, useRates } from './rates.js';
import { ScrollingTable, Section } from './section.js';

/** @type {Readonly<Record<string, string>>} */
const PHASE_CLASS = { retrying: 'warn', parked: 'bad' };

/**
 * @param {object} props
 * @param {import('./types.js').SourceView | undefined} props.view
 * @param {string} props.state
 * @param {string} props.path of the source in the API
 * @param {() => Promise<void>} props.onChange
 */
export function Streams({ view, state, path, onChange }) {
  const rates = useRates(view);
  const isPolling = mayChange() && view?.stage === 'Collecting' && !isLeaving(state);
  // Only of a stream that waits: each of the others says in its row why it does not.
  const collectNow = (/** @type {import('./types.js').StreamView} */ { stream, phase }) =>
    isPolling && phase === 'waiting'
      ? html`<${CollectNow} path=${path} stream=${stream} onChange=${onChange} />`
      : null;
  return html`
    <${Section} id="streams" title="Streams">
      ${
        view === undefined
          ? html`<p class="muted">
              ${state === 'Stopped' ? 'The source is stopped.' : 'Stream status is currently unavailable.'}
            </p>`
          : view.streams.length === 0
            ? html`<p class="muted">No streams yet: the configuration has not been validated.</p>`
            : html`<${StreamTable} view=${view} rates=${rates} collectNow=${collectNow} />`
      }
    <//>
  `;
}

/**
 * @param {object} props
 * @param {import('./types.js').SourceView} props.view
 * @param {ReadonlyMap<string, number>} props.rates
 * @param {(status: import('./types.js').StreamView) => import('preact').ComponentChildren} props.collectNow the button of a stream
 */
function StreamTable({ view, rates, collectNow }) {
  const { totals } = view;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  return html`
    <${ScrollingTable} label="Table of streams" kind="streams" box=${box}>
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col">State</th>
          <th scope="col">Newest record</th>
          <th scope="col">Position</th>
          <th scope="col" class="number">Stored</th>
          <th scope="col" class="number">Duplicates</th>
          <th scope="col" class="number">Quarantined</th>
          <th scope="col">Behind</th>
          <th scope="col" class="number">Rate</th>
          <th scope="col">Next poll</th>
          <th scope="col">Problem</th>
        </tr>
      </thead>
      <tbody>
        ${view.streams.map(
          (status) => html`
            <tr key=${status.stream}>
              <th scope="row">${status.stream}</th>
              <td class=${PHASE_CLASS[status.phase] ?? ''}>${status.phase}</td>
              <td><${Time} at=${status.lastEventTime} none="none yet" /></td>
              <td class="foreign position">${status.position ?? '–'}</td>
              <td class="number">${count(status.stored)}</td>
              <td class="number">${count(status.duplicates)}</td>
              <td class="number">${count(status.quarantined)}</td>
              <td class="lag">${lagText(status)}</td>
              <td class="number">${rateText(rates.get(status.stream))}</td>
              <td>
                <span class="next-poll"><${NextPoll} status=${status} at=${view.nextPollAt} />${collectNow(status)}</span>
              </td>
              <td class=${status.problem === undefined && status.lastProblem === undefined ? '' : 'problem-cell'}><${StreamProblem} status=${status} /></td>
            </tr>
          `,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td colspan="3"></td>
          <td class="number">${count(totals.stored)}</td>
          <td class="number">${count(totals.duplicates)}</td>
          <td class="number">${count(totals.quarantined)}</td>
          <td></td>
          <td class="number">${rateText(rates.size === 0 ? undefined : [...rates.values()].reduce((a, b) => a + b, 0))}</td>
          <td colspan="2"></td>
        </tr>
      </tfoot>
    <//>
  `;
}

/** @param {import('./types.js').StreamView} status */
function lagText({ lagMs }) {
  if (lagMs === undefined) return '–';
  return lagMs === 0 ? 'caught up' : duration(lagMs);
}

/** @param {{ status: import('./types.js').StreamView, at: string | undefined }} props */
function NextPoll({ status, at }) {
  if (status.phase === 'collecting') return html`now`;
  if (status.phase !== 'waiting') return html`<span class="none">–</span>`;
  return html`<${Time} at=${at} relative none="now" />`;
}

/** @param {{ status: import('./types.js').StreamView }} props */
function StreamProblem({ status }) {
  const { problem, lastProblem } = status;
  if (problem !== undefined)
    return html`
      <span class=${problem.severity === 'Error' ? 'bad' : 'warn'}>${problem.severity}:</span>
      <span class="foreign"> ${problem.message}. ${problem.next}</span>
    `;
  if (lastProblem === undefined) return html`<span class="none">none</span>`;
  return html`<span class="muted foreign">ended <${Time} at=${lastProblem.endedAt} relative />: ${lastProblem.message}</span>`;
}
