/** What Mimecast detected, in one form for all streams. */

import { html } from 'htm/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { get } from '../../lib/api.js';
import { count, counted, localTime } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { DetectionCounts } from './detection-counts.js';
import { apiQueries, detectionsState } from './detections-state.js';
import { DetectionsTable } from './detections-table.js';
import { Filters } from './filters.js';

/**
 * @typedef {object} Shown
 * @property {readonly import('./detections-table.js').Detection[]} items
 * @property {string} [next]
 * @property {string} [readTo] the time down to which was looked, if that was not far enough
 */

const PAGE = 100;
/** More rows make a browser slow. */
const MOST_SHOWN = 2_000;

export function DetectionsPage() {
  const state = detectionsState();
  const key = JSON.stringify([state.range, state.chosen, state.texts]);
  // The times stay the same from page to page.
  const queries = useMemo(() => apiQueries(state, Date.now()), [key]);
  const [wanted, setWanted] = useState(/** @type {{ before: Shown['items'], token?: string }} */ ({ before: [] }));
  useEffect(() => setWanted({ before: [] }), [queries]);
  const { data, error, isLoading, reload } = useLoaded(
    async (signal) => {
      const { before, token } = wanted;
      const asked = new URLSearchParams({ ...queries.all, limit: String(PAGE), ...(token && { token }) });
      const { data: items, ...rest } = await get(`/detections?${asked}`, { signal });
      return /** @type {Shown} */ ({ items: [...before, ...items], ...rest });
    },
    [queries, wanted],
  );
  const more = () => data && setWanted({ before: data.items, ...(data.next && { token: data.next }) });
  return html`
    <h1>Detections</h1>
    <${Filters} state=${state} exported=${queries.all} />
    <${DetectionCounts} query=${queries.indexed} by=${state.by} isNarrower=${Object.keys(queries.all).length > Object.keys(queries.indexed).length}
    />
    <${Problem} error=${error} onRetry=${reload} />
    <p class="search-status" role="status">${isLoading ? 'Loading …' : statusOf(data)}</p>
    ${data === undefined || data.items.length === 0 ? null : html`<${DetectionsTable} items=${data.items} />`}
    ${
      data?.next === undefined
        ? null
        : data.items.length >= MOST_SHOWN
          ? html`<p role="status">No more than ${count(MOST_SHOWN)} detections are shown. Narrow the search, or export all of them.</p>`
          : html`<div class="row"><${SteadyButton} isOff=${isLoading} onClick=${more}>Show older detections<//></div>`
    }
  `;
}

/** @param {Shown | undefined} shown */
function statusOf(shown) {
  if (shown === undefined) return '';
  const { items, next, readTo } = shown;
  const found = counted(items.length, 'detection');
  if (next === undefined) return items.length === 0 ? 'No detection matches.' : `${found}: all that match.`;
  return readTo === undefined
    ? `The newest ${found}.`
    : `${found} back to ${localTime(readTo)}; older ones were not looked at.`;
}
