/** Changes a watchlist, unless somebody else has changed it meanwhile. */

import { html } from 'htm/preact';
import { Dialog } from '../../components/dialog.js';
import { Problem } from '../../components/problem.js';
import { ApiError, call, send } from '../../lib/api.js';
import { indicatorLines } from '../../lib/indicator-lines.js';
import { useLoaded } from '../../lib/load.js';
import { WatchlistDialog } from './watchlist-dialog.js';

const CHANGED = 'Somebody else has changed this watchlist. Close this dialog, and open it again to see their version.';

/**
 * @param {object} props
 * @param {string} props.id
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 */
export function EditWatchlist({ id, onClose, onDone }) {
  const path = `/watchlists/${id}`;
  const { data, error, reload } = useLoaded(
    async (signal) => {
      const response = await call('GET', path, { signal });
      return { list: await response.json(), etag: response.headers.get('etag') ?? '' };
    },
    [id],
  );
  if (data === undefined)
    return html`
      <${Dialog} title="Edit watchlist" wide onClose=${onClose} footer=${html`<button type="button" onClick=${onClose}>Cancel</button>`}>
        <${Problem} error=${error} onRetry=${reload} />
        ${error === undefined ? html`<p class="hint" role="status">Loading …</p>` : null}
      <//>
    `;
  const { name, owner, origin = '', expires = '', webhook = '' } = data.list;
  const initial = { name, owner, origin, expires, webhook, indicators: indicatorLines(data.list.indicators) };
  const save = async (/** @type {import('./watchlist-dialog.js').Given} */ given) => {
    const changed = Object.entries(given).filter(([key, text]) => text !== new Map(Object.entries(initial)).get(key));
    const change = Object.fromEntries(changed.map(([key, text]) => [key, text === '' ? null : text]));
    try {
      return await send('PATCH', path, change, { headers: { 'if-match': data.etag } });
    } catch (cause) {
      throw cause instanceof ApiError && cause.status === 412 ? new Error(CHANGED, { cause }) : cause;
    }
  };
  return html`
    <${WatchlistDialog} title="Edit watchlist" action="Save" done="saved" initial=${initial} save=${save} onClose=${onClose} onDone=${onDone} />
  `;
}
