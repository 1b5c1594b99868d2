/** What the source of a record collected from the minutes before and after it, newest first. */

import { html } from 'htm/preact';
import { Problem } from '../../components/problem.js';
import { RecordLine } from '../../components/record/record-line.js';
import { get } from '../../lib/api.js';
import { localTime } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { recordHref } from '../../lib/record.js';
import { setQuery } from '../../lib/router.js';
import { streamLabel } from '../../lib/streams.js';

/** @typedef {import('../../lib/record.js').FoundRecord} FoundRecord */

const CHOICES = [1, 5, 15, 60, 240, 1_440];
/** Before and after each. */
const LIMIT = 100;

/** @param {{ collection: string, id: string, minutes: number }} props */
export function Around({ collection, id, minutes }) {
  const { data, error, isLoading, reload } = useLoaded(
    (signal) => get(`${recordHref({ collection, id })}/around?minutes=${minutes}&limit=${LIMIT}`, { signal }),
    [collection, id, minutes],
  );
  const choose = (/** @type {Event} */ { currentTarget }) =>
    currentTarget instanceof HTMLSelectElement && setQuery({ around: currentTarget.value });
  return html`
    <h1>Around a record</h1>
    <div class="row">
      <label class="inline">
        Minutes before and after
        <select value=${String(minutes)} onChange=${choose}>
          ${[...new Set([...CHOICES, minutes])]
            .sort((a, b) => a - b)
            .map((choice) => html`<option key=${choice} value=${String(choice)}>${choice}</option>`)}
        </select>
      </label>
      ${isLoading ? html`<span class="hint" role="status">Loading …</span>` : null}
    </div>
    <${Problem} error=${error} onRetry=${reload} />
    ${data === undefined ? null : html`<${Records} ...${data} />`}
  `;
}

/** @param {{ newer: readonly FoundRecord[], record: FoundRecord, older: readonly FoundRecord[] }} props */
function Records({ newer, record, older }) {
  const row = (/** @type {FoundRecord} */ one) => html`
    <tr key=${recordHref(one)} aria-current=${one === record ? 'true' : undefined}>
      <td class="when"><a href=${recordHref(one)}>${localTime(one.time)}</a></td>
      <td>${streamLabel(one.stream)}${one === record ? html` <span class="badge">this record</span>` : null}</td>
      <td><${RecordLine} record=${one.record} /></td>
    </tr>
  `;
  return html`
    <p class="hint">
      Of the same source: ${newer.length === LIMIT ? 'the next ' : ''}${newer.length} after it,
      ${older.length === LIMIT ? ' the last ' : ' '}${older.length} before it. Newest first.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr><th>Time</th><th>Collection</th><th>Record</th></tr>
        </thead>
        <tbody>${[...newer, record, ...older].map(row)}</tbody>
      </table>
    </div>
  `;
}
