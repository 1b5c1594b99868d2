/**
 * A modal dialog: the browser's own, which keeps the focus inside and gives it back to what had it before.
 */

import { html } from 'htm/preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * @param {object} props
 * @param {string} props.title
 * @param {() => void} [props.onClose] called for Escape and the close button, too; without it, neither closes the dialog
 * @param {import('preact').ComponentChildren} props.children
 * @param {import('preact').ComponentChildren} [props.footer] its buttons
 * @param {boolean} [props.wide]
 */
export function Dialog({ title, onClose, children, footer, wide = false }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  // Not after the next frame: a dialog that takes the place of another must find the focus given back.
  useLayoutEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      if (dialog === null) return;
      // The inner ones first: nothing outside of an open dialog can have the focus.
      for (const each of [...dialog.querySelectorAll('dialog')].reverse()) each.close();
      dialog.close();
      // The browser gives it back; a page that is drawn again may be quicker.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      // That may have gone, and a dialog around this one has given it back already.
      if (document.activeElement === document.body) document.getElementById('content')?.focus();
    };
  }, []);
  const onCancel = (/** @type {Event} */ event) => {
    if (event.target !== box.current) return;
    event.preventDefault();
    onClose?.();
  };
  const onClosed = (/** @type {Event} */ event) => {
    const dialog = box.current;
    // Pressed twice, Escape closes a dialog whether it agrees or not.
    if (event.target === dialog && dialog?.isConnected && !dialog.open)
      onClose === undefined ? dialog.showModal() : onClose();
  };
  return html`
    <dialog ref=${box} class=${wide ? 'wide' : ''} aria-labelledby=${id} onCancel=${onCancel} onClose=${onClosed}>
      <header>
        <h2 id=${id}>${title}</h2>
        ${onClose === undefined ? null : html`<button type="button" class="quiet" aria-label="Close" onClick=${onClose}>✕</button>`}
      </header>
      <div class="dialog-body">${children}</div>
      ${footer === undefined ? null : html`<footer>${footer}</footer>`}
    </dialog>
  `;
}
