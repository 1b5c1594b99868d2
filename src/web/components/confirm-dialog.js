/** Asks before something is done that is not undone by a click. */

import { html } from 'htm/preact';
import { Dialog } from './dialog.js';

/**
 * @param {object} props
 * @param {string} props.title
 * @param {import('preact').ComponentChildren} props.children what will happen
 * @param {string} [props.action] words of the button
 * @param {boolean} [props.isDangerous]
 * @param {() => void} props.onConfirm
 * @param {() => void} props.onClose
 */
export function ConfirmDialog({ title, children, action = 'Confirm', isDangerous = false, onConfirm, onClose }) {
  const footer = html`
    <button
      type="button"
      class=${isDangerous ? 'danger' : 'primary'}
      autofocus=${!isDangerous}
      onClick=${onConfirm}
    >
      ${action}
    </button>
    <button type="button" autofocus=${isDangerous} onClick=${onClose}>Cancel</button>
  `;
  return html`<${Dialog} title=${title} onClose=${onClose} footer=${footer}>${children}<//>`;
}
