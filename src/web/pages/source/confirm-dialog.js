/** Asks once more before something is done. */

import { html } from 'htm/preact';
import { Dialog } from '../../components/dialog.js';

/**
 * @param {object} props
 * @param {string} props.title
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onConfirm
 * @param {import('preact').ComponentChildren} props.children
 */
export function ConfirmDialog({ title, onClose, onConfirm, children }) {
  const footer = html`
    <button type="button" class="primary" onClick=${onConfirm}>Confirm</button>
    <button type="button" onClick=${onClose}>Cancel</button>
  `;
  return html`<${Dialog} title=${title} onClose=${onClose} footer=${footer}>${children}<//>`;
}
