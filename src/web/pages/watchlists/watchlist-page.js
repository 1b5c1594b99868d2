/** A watchlist: its hits, last found first, and its indicators. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { count, localTime } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { recordHref } from '../../lib/record.js';
import { navigate } from '../../lib/router.js';
import { mayChange } from '../../lib/session.js';
import { streamLabel } from '../../lib/streams.js';
import { DeleteWatchlist } from './delete-watchlist.js';
import { EditWatchlist } from './edit-watchlist.js';
import { deliveryTexts, hitsText, pastText } from './watchlist-texts.js';

const AGAIN_MS = 5_000;
const PAGE = 100;

/** @param {{ id: string }} props */
export function WatchlistPage({ id }) {
  const [isDeleting, setDeleting] = useState(false);
  // What is just being deleted is not there for whoever asks at that moment.
  const { data, error, isLoading, reload } = useLoaded(
    (signal) => get(`/watchlists/${id}?indicators=false`, { signal }),
    [id],
    { everyMs: AGAIN_MS, isPaused: isDeleting },
  );
  const [isEditing, setEditing] = useState(false);
  if (data === undefined)
    return html`
      <h1>Watchlist</h1>
      <${Problem} error=${error} onRetry=${reload} />
      ${isLoading ? html`<p class="hint" role="status">Loading …</p>` : null}
    `;
  return html`
    <div class="row spread">
      <h1><${Foreign} text=${data.name} /></h1>
      ${
        mayChange()
          ? html`<div class="row">
              <button type="button" onClick=${() => setEditing(true)}>Edit</button>
              <button type="button" class="danger" onClick=${() => setDeleting(true)}>Delete</button>
            </div>`
          : null
      }
    </div>
    <${Problem} error=${error} onRetry=${reload} />
    <dl class="facts">
      <div><dt>Owner</dt><dd class="foreign">${data.owner}</dd></div>
      <div><dt>From</dt><dd><${Foreign} text=${data.origin ?? '–'} /></dd></div>
      <div><dt>Created</dt><dd><${Time} at=${data.createdAt} /></dd></div>
      <div><dt>Expires</dt><dd><${Time} at=${data.expires} none="never" /></dd></div>
      <div>
        <dt>Webhook</dt>
        <dd>
          <${Foreign} text=${data.webhook ?? '–'} />
          ${deliveryTexts(data).map((text) => html`<p class="warn foreign" role="status" key=${text}>${text}</p>`)}
        </dd>
      </div>
      <div><dt>Past records</dt><dd>${pastText(data)}</dd></div>
    </dl>
    <h2>Hits: ${hitsText(data.hits)}</h2>
    ${
      data.lastCutAt === undefined
        ? null
        : html`<p class="hint">
            An indicator had more than 10,000 hits in a day, which are not kept; last at ${localTime(data.lastCutAt)}.
          </p>`
    }
    <${Hits} id=${id} changes=${`${data.hits} ${data.isPastSearched}`} isPaused=${isDeleting} />
    <${Indicators} key=${`${id} ${data.revision}`} id=${id} size=${data.size} />
    ${isEditing ? html`<${EditWatchlist} id=${id} onClose=${() => setEditing(false)} onDone=${reload} />` : null}
    ${
      isDeleting
        ? html`<${DeleteWatchlist} watchlist=${data} onClose=${() => setDeleting(false)} onDone=${() => navigate('/watchlists')} />`
        : null
    }
  `;
}

/** A list does not change, so it is asked for once, when somebody wants to see it. @param {{ id: string, size: number }} props */
function Indicators({ id, size }) {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (/** @type {Event} */ { target }) => setOpen(target instanceof HTMLDetailsElement && target.open);
  return html`
    <details onToggle=${onToggle}>
      <summary>Indicators: ${count(size)}</summary>
      ${isOpen ? html`<${IndicatorList} id=${id} />` : null}
    </details>
  `;
}

/** @param {{ id: string }} props */
function IndicatorList({ id }) {
  const { data, error, reload } = useLoaded((signal) => get(`/watchlists/${id}`, { signal }), [id]);
  if (data === undefined)
    return html`<${Problem} error=${error} onRetry=${reload} />${error === undefined ? html`<p class="hint" role="status">Loading …</p>` : null}`;
  return html`<pre tabindex="0" role="region" aria-label="Indicators">${data.indicators.join('\n')}</pre>`;
}

/** @param {{ id: string, changes: string, isPaused: boolean }} props */
function Hits({ id, changes, isPaused }) {
  const [limit, setLimit] = useState(PAGE);
  useEffect(() => setLimit(PAGE), [id]);
  const { data, error, reload } = useLoaded(
    (signal) => get(`/watchlists/${id}/hits?limit=${limit}`, { signal }),
    [id, limit, changes],
    { everyMs: AGAIN_MS, isPaused },
  );
  if (data === undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (data.data.length === 0)
    return html`<${Problem} error=${error} onRetry=${reload} /><p role="status">There are no hits yet.</p>`;
  return html`
    <${Problem} error=${error} onRetry=${reload} />
    <div class="scroll">
      <table>
        <thead>
          <tr><th>Found</th><th>Indicator</th><th>Type</th><th>Collection</th><th>Record of</th><th>Source</th></tr>
        </thead>
        <tbody>
          ${data.data.map(
            (/** @type {any} */ { eventId, eventTime, details }) => html`
              <tr key=${eventId}>
                <td class="when"><${Time} at=${eventTime} />${details.isPast ? html` <span class="badge muted">stored before</span>` : null}</td>
                <td class="code"><${Foreign} text=${details.indicator} /></td>
                <td>${details.type}</td>
                <td>${streamLabel(details.stream)}</td>
                <td class="when">
                  <a href=${recordHref({ collection: details.collection, id: details.recordId })}><${Time} at=${details.messageTime} /></a>
                </td>
                <td><${Foreign} text=${details.source} /></td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${
      data.next !== undefined && limit < 1_000
        ? html`<div class="row"><button type="button" onClick=${() => setLimit(Math.min(1_000, limit * 2))}>Show more hits</button></div>`
        : null
    }
  `;
}
