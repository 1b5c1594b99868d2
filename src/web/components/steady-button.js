/** A button that keeps the focus while it cannot be pressed: browsers take it from one that is disabled. */

import { html } from 'htm/preact';

/**
 * @param {object} props
 * @param {boolean} props.isOff
 * @param {(event: Event) => unknown} [props.onClick]
 * @param {'button' | 'submit'} [props.type]
 * @param {import('preact').ComponentChildren} props.children
 */
export function SteadyButton({ isOff, onClick, type = 'button', children, ...rest }) {
  const press = (/** @type {Event} */ event) => (isOff ? event.preventDefault() : onClick?.(event));
  return html`<button type=${type} ...${rest} aria-disabled=${isOff} onClick=${press}>${children}</button>`;
}
