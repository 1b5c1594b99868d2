/** What opens below a button and closes with Escape, or when the focus goes elsewhere. */

import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * @param {object} props
 * @param {import('preact').ComponentChildren} props.label of the button
 * @param {string} [props.name] class of the whole
 * @param {import('preact').ComponentChildren} props.children
 */
export function Dropdown({ label, name = '', children }) {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const close = () => {
    if (box.current !== null) box.current.open = false;
  };
  useEffect(() => {
    const outside = (/** @type {PointerEvent} */ { target }) => {
      if (target instanceof Node && !box.current?.contains(target)) close();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !box.current?.open) return;
    event.preventDefault();
    close();
    box.current.querySelector('summary')?.focus();
  };
  const onFocusOut = (/** @type {FocusEvent} */ { relatedTarget }) => {
    if (relatedTarget instanceof Node && !box.current?.contains(relatedTarget)) close();
  };
  return html`
    <details ref=${box} class="dropdown ${name}" onKeyDown=${onKeyDown} onFocusOut=${onFocusOut}>
      <summary class="button">${label}</summary>
      <div class="dropdown-panel">${children}</div>
    </details>
  `;
}
