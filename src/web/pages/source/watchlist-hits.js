/** Hits of watchlists in the records of a source: events of their own, which make no source unhealthy. */

import { html } from 'htm/preact';
import { Foreign } from '../../components/foreign.js';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';
import { recordHref } from '../../lib/record.js';
import { ScrollingTable, Section } from './section.js';

const RELOAD_MS = 10_000;
const PAGE = 'hits';

/**
 * @typedef {object} Hit
 * @property {string} eventId
 * @property {string} eventTime
 * @property {{ indicator: string, collection: string, stream: string, recordId: string, messageTime: string }} details
 * @property {{ id: string, name: string }} resourceIdentity
 */

/** @param {{ path: string }} props path of the source in the API */
export function WatchlistHits({ path }) {
  const token = pageToken(PAGE);
  const query = new URLSearchParams({ limit: '20', ...(token === undefined ? {} : { token }) });
  /** @type {import('../../lib/load.js').Loaded<{ data: Hit[], next?: string }>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/healthEvents/watchlistHits?${query}`, { signal }),
    [path, token],
    { everyMs: RELOAD_MS },
  );
  return html`
    <${Section} id="watchlist-hits" title="Watchlist hits">
      <${Problem} error=${error} onRetry=${reload} />
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : data.data.length === 0
            ? html`<p class="muted">None: no record of this source has an indicator of a watchlist.</p>`
            : html`
                <${ScrollingTable} label="Table of watchlist hits">
                  <thead>
                    <tr>
                      <th scope="col">Found</th>
                      <th scope="col">Watchlist</th>
                      <th scope="col">Indicator</th>
                      <th scope="col">Stream</th>
                      <th scope="col">Record of</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${data.data.map(
                      ({ eventId, eventTime, details, resourceIdentity }) => html`
                        <tr key=${eventId}>
                          <td><${Time} at=${eventTime} /></td>
                          <td>
                            <a href=${`/watchlists/${resourceIdentity.id}`}><${Foreign} text=${resourceIdentity.name} /></a>
                          </td>
                          <td class="code"><${Foreign} text=${details.indicator} /></td>
                          <td>${details.stream}</td>
                          <td>
                            <a href=${recordHref({ collection: details.collection, id: details.recordId })}>
                              <${Time} at=${details.messageTime} />
                            </a>
                          </td>
                        </tr>
                      `,
                    )}
                  </tbody>
                <//>
              `
      }
      <${Pager} name=${PAGE} label="watchlist hits" next=${data?.next} />
    <//>
  `;
}
