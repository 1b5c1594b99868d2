/** A button that shows further buttons; Escape, a choice or a click elsewhere closes them and gives the focus back. */

import { html } from 'htm/preact';
import { useId, useRef, useState } from 'preact/hooks';
import { placeBeside } from '../lib/place.js';
import { Icon } from './icon.js';

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {() => void} onChoose
 * @property {boolean} [isDangerous]
 */

/**
 * @param {object} props
 * @param {string} props.label
 * @param {readonly MenuItem[]} props.items
 */
export function Menu({ label, items }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const onToggle = (/** @type {ToggleEvent} */ event) => {
    const isNowOpen = event.newState === 'open';
    setOpen(isNowOpen);
    // Its buttons are there after the next drawing.
    if (isNowOpen)
      requestAnimationFrame(() => {
        if (box.current === null || button.current === null) return;
        placeBeside(box.current, button.current);
        box.current.querySelector('button')?.focus();
      });
  };
  const choose = (/** @type {MenuItem} */ item) => {
    box.current?.hidePopover();
    button.current?.focus();
    item.onChoose();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || box.current === null) return;
    event.preventDefault();
    const all = [...box.current.querySelectorAll('button')];
    const at = all.map((each) => each === document.activeElement).indexOf(true);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return html`
    <button type="button" class="quiet icon-button" ref=${button} popovertarget=${id} aria-label=${label} title=${label}>
      <${Icon} name="more" />
    </button>
    <div id=${id} ref=${box} popover="auto" class="menu" onToggle=${onToggle} onKeyDown=${onKeyDown}>
      ${
        isOpen
          ? items.map(
              (item) => html`
                <button
                  type="button"
                  key=${item.label}
                  class=${`quiet ${item.isDangerous ? 'bad' : ''}`}
                  onClick=${() => choose(item)}
                >
                  ${item.label}
                </button>
              `,
            )
          : null
      }
    </div>
  `;
}
