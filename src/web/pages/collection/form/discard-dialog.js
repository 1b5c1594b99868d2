/** Asks before a form is closed whose input is not saved. */

import { html } from 'htm/preact';
import { ConfirmDialog } from '../../../components/confirm-dialog.js';

/** @param {{ onDiscard: () => void, onClose: () => void }} props */
export function DiscardDialog({ onDiscard, onClose }) {
  return html`
    <${ConfirmDialog} title="Discard changes" action="Discard" isDangerous onClose=${onClose} onConfirm=${onDiscard}>
      <p>You have unsaved changes. Discard them?</p>
    <//>
  `;
}
