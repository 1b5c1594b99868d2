/** A new watchlist. */

import { html } from 'htm/preact';
import { send } from '../../lib/api.js';
import { WatchlistDialog } from './watchlist-dialog.js';

/**
 * @param {object} props
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 * @param {string} [props.indicators] to begin with
 */
export function CreateWatchlist({ onClose, onDone, indicators = '' }) {
  return html`
    <${WatchlistDialog}
      title="New watchlist"
      action="Create"
      done="created"
      initial=${{ indicators }}
      save=${(/** @type {import('./watchlist-dialog.js').Given} */ given) =>
        send('POST', '/watchlists', Object.fromEntries(Object.entries(given).filter(([, text]) => text !== '')))}
      onClose=${onClose}
      onDone=${onDone}
    />
  `;
}
