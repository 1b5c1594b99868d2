/** Asks before a watchlist is deleted. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.js';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { messageOf, send } from '../../lib/api.js';
import { tellDone } from '../../lib/notices.js';

/**
 * @param {object} props
 * @param {{ id: string, name: string }} props.watchlist
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 */
export function DeleteWatchlist({ watchlist: { id, name }, onClose, onDone }) {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await send('DELETE', `/watchlists/${id}`);
      tellDone(`The watchlist ${name} was deleted.`);
      onClose();
      onDone();
    } catch (cause) {
      setError(messageOf(cause));
      setBusy(false);
    }
  };
  return html`
    <${Dialog}
      title="Delete watchlist"
      onClose=${onClose}
      footer=${html`
        <${SteadyButton} class="danger" isOff=${isBusy} onClick=${remove}>Delete<//>
        <button type="button" onClick=${onClose}>Cancel</button>
      `}
    >
      <${Problem} error=${error} />
      <p>Delete <strong><${Foreign} text=${name} /></strong> and its hits? Records are kept.</p>
    <//>
  `;
}
