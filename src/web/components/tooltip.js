/**
 * A button that says more when the pointer is on it, when it has the focus, or when it is touched. Escape closes what it
 * says, and the pointer may move onto it. The browser's own popover: nothing can cover it.
 */

import { html } from 'htm/preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { placeBeside } from '../lib/place.js';

/** So long the pointer may be on its way from the button to the text. */
const LEAVE_MS = 200;

/**
 * @param {object} props
 * @param {string} [props.class]
 * @param {import('preact').ComponentChildren} props.children of the button
 * @param {import('preact').ComponentChildren} props.tip
 * @param {() => void} [props.onShow]
 */
export function Tooltip({ class: name = '', children, tip, onShow }) {
  const id = useId();
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const leaving = useRef(0);
  const isOpen = () => box.current?.matches(':popover-open') === true;
  const show = () => {
    clearTimeout(leaving.current);
    if (box.current === null || button.current === null || isOpen()) return;
    box.current.showPopover();
    placeBeside(box.current, button.current);
    onShow?.();
  };
  const hide = () => {
    clearTimeout(leaving.current);
    if (isOpen()) box.current?.hidePopover();
  };
  const leave = () => {
    leaving.current = setTimeout(() => document.activeElement !== button.current && hide(), LEAVE_MS);
  };
  const byMouse = (/** @type {() => void} */ then) => (/** @type {PointerEvent} */ event) =>
    event.pointerType === 'mouse' && then();
  useEffect(() => () => clearTimeout(leaving.current), []);
  return html`
    <button
      type="button"
      class=${`quiet tip-button ${name}`}
      ref=${button}
      aria-describedby=${id}
      onPointerEnter=${byMouse(show)}
      onPointerLeave=${byMouse(leave)}
      onFocus=${show}
      onBlur=${hide}
      onClick=${show}
    >
      ${children}
    </button>
    <div
      id=${id}
      ref=${box}
      role="tooltip"
      popover="auto"
      class="tip"
      onPointerEnter=${byMouse(show)}
      onPointerLeave=${byMouse(leave)}
    >
      ${tip}
    </div>
  `;
}
