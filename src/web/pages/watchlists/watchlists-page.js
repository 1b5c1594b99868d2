/** All watchlists. */

import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { count } from '../../lib/format.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { useLoaded } from '../../lib/load.js';
import { mayChange } from '../../lib/session.js';
import { CreateWatchlist } from './create-watchlist.js';
import { DeleteWatchlist } from './delete-watchlist.js';
import { EditWatchlist } from './edit-watchlist.js';
import { hitsText, pastText } from './watchlist-texts.js';

/**
 * @typedef {object} Watchlist
 * @property {string} id
 * @property {string} name
 * @property {string} owner
 * @property {string} [origin]
 * @property {string} createdAt
 * @property {string} [expires]
 * @property {string} [webhook]
 * @property {string} [webhookProblem] why it does not get its hits
 * @property {number} size
 * @property {boolean} isPastSearched
 * @property {boolean} isPastCut
 * @property {number} hits
 */

const AGAIN_MS = 5_000;

export function WatchlistsPage() {
  const { data, error, isLoading, reload } = useLoaded((signal) => get('/watchlists', { signal }), [], {
    everyMs: AGAIN_MS,
  });
  const [isCreating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState(/** @type {Watchlist | undefined} */ (undefined));
  const [editing, setEditing] = useState(/** @type {Watchlist | undefined} */ (undefined));
  /** @type {readonly Watchlist[]} */
  const lists = data?.data ?? [];
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  return html`
    <div class="row spread">
      <h1>Watchlists</h1>
      ${mayChange() ? html`<button type="button" class="primary" onClick=${() => setCreating(true)}>New watchlist</button>` : null}
    </div>
    <p class="hint">
      Lists of indicators. Records that have one of them raise a hit: those stored already, and each that comes later.
    </p>
    <${Problem} error=${error} onRetry=${reload} />
    <div ref=${box} role="region" aria-label="Watchlists" tabindex="-1">
      ${
        lists.length > 0
          ? html`<${Table} lists=${lists} onEdit=${setEditing} onDelete=${setDeleting} />`
          : html`<p role="status">${data === undefined ? (isLoading ? 'Loading …' : '') : 'There are no watchlists yet.'}</p>`
      }
    </div>
    ${isCreating ? html`<${CreateWatchlist} onClose=${() => setCreating(false)} onDone=${reload} />` : null}
    ${editing === undefined ? null : html`<${EditWatchlist} id=${editing.id} onClose=${() => setEditing(undefined)} onDone=${reload} />`}
    ${deleting === undefined ? null : html`<${DeleteWatchlist} watchlist=${deleting} onClose=${() => setDeleting(undefined)} onDone=${reload} />`}
  `;
}

/** @param {{ lists: readonly Watchlist[], onEdit: (list: Watchlist) => void, onDelete: (list: Watchlist) => void }} props */
function Table({ lists, onEdit, onDelete }) {
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Name</th><th class="number">Indicators</th><th class="number">Hits</th><th>Past records</th><th>From</th>
            <th>Owner</th><th>Created</th><th>Expires</th><th>Webhook</th>
            ${mayChange() ? html`<th><span class="unseen">Actions</span></th>` : null}
          </tr>
        </thead>
        <tbody>
          ${lists.map(
            (list) => html`
              <tr key=${list.id}>
                <td><a href=${`/watchlists/${list.id}`}><${Foreign} text=${list.name} /></a></td>
                <td class="number">${count(list.size)}</td>
                <td class="number">${hitsText(list.hits)}</td>
                <td>${pastText(list)}</td>
                <td><${Foreign} text=${list.origin ?? ''} /></td>
                <td class="foreign">${list.owner}</td>
                <td><${Time} at=${list.createdAt} /></td>
                <td><${Time} at=${list.expires} none="never" /></td>
                <td>
                  <${Foreign} text=${list.webhook ?? ''} />
                  ${list.webhookProblem === undefined ? null : html` <span class="badge warn">hits not accepted</span>`}
                </td>
                ${
                  mayChange()
                    ? html`<td class="row">
                        <button type="button" aria-label=${`Edit ${list.name}`} onClick=${() => onEdit(list)}>Edit</button>
                        <button type="button" class="danger" aria-label=${`Delete ${list.name}`} onClick=${() => onDelete(list)}>Delete</button>
                      </td>`
                    : null
                }
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
