/** One source: its state, its streams, what went wrong, what it has stored, and what was done to it. */

import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { liveStates, useLiveStates } from '../../lib/live.js';
import { useLoaded } from '../../lib/load.js';
import { AuditTrail } from './audit-trail.js';
import { Export } from './export.js';
import { Gaps } from './gaps.js';
import { Head } from './head.js';
import { HealthEvents } from './health-events.js';
import { PastExports } from './past-exports.js';
import { Quarantine } from './quarantine.js';
import { Rereads } from './rereads.js';
import { Streams } from './streams.js';
import { Volume } from './volume.js';
import { WatchlistHits } from './watchlist-hits.js';

const RELOAD_MS = 3_000;

const PARTS = [
  ['streams', 'Streams'],
  ['export', 'Export'],
  ['volume', 'Volume'],
  ['health-events', 'Health events'],
  ['watchlist-hits', 'Watchlist hits'],
  ['gaps', 'Gaps'],
  ['quarantine', 'Quarantine'],
  ['rereads', 'Verify and backfill'],
  ['past-exports', 'Past exports'],
  ['audit-trail', 'Audit trail'],
];

/** @param {{ id: string }} props */
export function SourcePage({ id }) {
  useLiveStates();
  const live = liveStates.value.get(Number(id));
  /** @type {import('../../lib/load.js').Loaded<import('./types.js').SourceDetails>} */
  const { data, error, reload } = useLoaded((signal) => get(`/sources/${id}`, { signal }), [live], {
    everyMs: RELOAD_MS,
  });
  const name = data?.source.name;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Mimecast Source`;
  }, [name]);
  if (data === undefined) {
    if (error === undefined) return html`<h1>Source ${id}</h1><p role="status">Loading…</p>`;
    return html`
      <h1>Source ${id}</h1>
      <${Problem} error=${error} onRetry=${reload} />
      <p><a href="/">Go to the Collection page.</a></p>
    `;
  }
  const { source, view, export: toBucket } = data;
  const path = `/collectors/${source.collectorId}/sources/${source.id}`;
  // Whatever is loaded by itself is loaded again when one of these is another one.
  const moment = `${source.state.state} ${view?.since} ${view?.problems.length} ${live?.state}`;
  const streams = view?.streams.map(({ stream }) => stream) ?? [];
  const parts = PARTS.filter(([part]) => part !== 'export' || toBucket !== undefined);
  const gaps = view?.streams.reduce((sum, { gaps }) => sum + gaps, 0);
  return html`
    <${Head} details=${data} path=${path} onChange=${reload} />
    <${Problem} error=${error} onRetry=${reload} />
    <nav aria-label="On this page" class="parts">
      ${parts.map(([part, title]) => html`<a href=${`#${part}`} key=${part}>${title}</a>`)}
    </nav>
    <${Streams} view=${view} state=${source.state.state} path=${path} onChange=${reload} />
    ${toBucket === undefined ? null : html`<${Export} view=${toBucket} />`}
    <${Volume} path=${path} />
    <${HealthEvents} path=${path} streams=${toBucket === undefined ? streams : [...streams, 'export']} moment=${moment} />
    <${WatchlistHits} path=${path} />
    <${Gaps} path=${path} known=${gaps} />
    <${Quarantine} path=${path} known=${view?.totals.quarantined} />
    <${Rereads} path=${path} streams=${streams} />
    <${PastExports} path=${path} id=${source.id} streams=${streams} hasExport=${toBucket !== undefined} />
    <${AuditTrail} id=${source.id} moment=${moment} />
  `;
}
