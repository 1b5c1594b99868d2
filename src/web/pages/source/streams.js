/** Each stream: where it stands, what it has stored, how far it is behind, and what is or was wrong. */

import { html } from 'htm/preact';
import { Time } from '../../components/time.js';
import { count, duration } from '../../lib/format.js';
import { rateText, useRates } from './rates.js';
import { ScrollingTable, Section } from './section.js';

/** @type {Readonly<Record<string, string>>} */
const PHASE_CLASS = { retrying: 'warn', parked: 'bad' };

/**
 * @param {object} props
 * @param {import('./types.js').SourceView | undefined} props.view
 * @param {string} props.state
 */
export function Streams({ view, state }) {
  const rates = useRates(view);
  return html`
    <${Section} id="streams" title="Streams">
      ${
        view === undefined
          ? html`<p class="muted">
              ${state === 'Stopped' ? 'The source is stopped.' : 'Stream status is currently unavailable.'}
            </p>`
          : view.streams.length === 0
            ? html`<p class="muted">No streams yet: the configuration has not been validated.</p>`
            : html`<${StreamTable} view=${view} rates=${rates} />`
      }
    <//>
  `;
}

/** @param {{ view: import('./types.js').SourceView, rates: ReadonlyMap<string, number> }} props */
function StreamTable({ view, rates }) {
  const { totals } = view;
  return html`
    <${ScrollingTable} label="Table of streams" kind="streams">
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
              <td>${lagText(status)}</td>
              <td class="number">${rateText(rates.get(status.stream))}</td>
              <td><${NextPoll} status=${status} at=${view.nextPollAt} /></td>
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
