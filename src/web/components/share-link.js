/** Copies an address that shows the same times whenever it is opened; one with a quick range goes on with the clock. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { tellDone } from '../lib/notices.js';
import { isoOf, rangeQuery } from '../lib/time-range.js';
import { Dialog } from './dialog.js';

/** @param {{ from?: string | undefined, to?: string | undefined }} props ISO times of what is shown */
export function ShareLink({ from, to }) {
  const [kept, setKept] = useState('');
  const share = async () => {
    const link = linkTo(from, to ?? isoOf(Date.now()));
    try {
      await navigator.clipboard.writeText(link);
      tellDone('The link was copied. It keeps these times.');
    } catch {
      // Browsers keep the clipboard from pages that came without TLS from elsewhere, and when it is not allowed.
      setKept(link);
    }
  };
  return html`
    <button type="button" onClick=${share}>Copy link to these results</button>
    ${kept === '' ? null : html`<${LinkDialog} link=${kept} onClose=${() => setKept('')} />`}
  `;
}

/** @param {{ link: string, onClose: () => void }} props */
function LinkDialog({ link, onClose }) {
  const select = (/** @type {Event} */ { currentTarget }) =>
    currentTarget instanceof HTMLInputElement && currentTarget.select();
  return html`
    <${Dialog} title="Link to these results" onClose=${onClose} footer=${html`<button type="button" onClick=${onClose}>Close</button>`}>
      <p>The browser did not allow copying. Copy the link yourself, with Ctrl+C; it keeps these times.</p>
      <label>Link <input class="link code" readonly autofocus value=${link} onFocus=${select} /></label>
    <//>
  `;
}

/** @param {string | undefined} from @param {string} to */
function linkTo(from, to) {
  const link = new URL(location.href);
  for (const [name, value] of Object.entries(rangeQuery({ quick: '', ...(from && { from }), to }))) {
    link.searchParams.delete(name);
    if (value !== undefined) link.searchParams.set(name, value);
  }
  return link.href;
}
