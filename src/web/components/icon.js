/** Small pictures that stand beside words, each with a shape of its own: none is told apart by color alone. */

import { html } from 'htm/preact';

const SHAPES = /** @type {const} */ ({
  check: ['good', 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10.2L3.8 8l1.1-1.1L7 9l4.1-4.1L12.2 6Z'],
  warning: ['warn', 'M8 1 .5 14.5h15ZM7.2 6h1.6v4.4H7.2Zm0 5.6h1.6v1.5H7.2Z'],
  error: ['bad', 'M5 1h6l4 4v6l-4 4H5l-4-4V5Zm2.2 3v5.2h1.6V4Zm0 6.4V12h1.6v-1.6Z'],
  wait: [
    'muted',
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6Zm-.8 1.8v4.1l3 1.8.8-1.2-2.2-1.4V4.4Z',
  ],
  stop: ['muted', 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM5.5 5.5h5v5h-5Z'],
  unknown: [
    'muted',
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 10.4h1.6V13H7.2ZM5.2 6.2C5.2 4.5 6.4 3.5 8 3.5s2.8 1 2.8 2.5c0 1.9-2 2.1-2 3.9H7.2c0-2.4 2-2.7 2-3.8 0-.7-.5-1.1-1.2-1.1-.8 0-1.2.5-1.2 1.2Z',
  ],
  info: ['', 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM7.2 4h1.6v1.6H7.2Zm0 3h1.6v5H7.2Z'],
  more: [
    '',
    'M3 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Zm5 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Zm5 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z',
  ],
});

/** @typedef {keyof typeof SHAPES} IconName */

/**
 * @param {object} props
 * @param {IconName} props.name
 * @param {string} [props.label] what it says where no words stand beside it
 */
export function Icon({ name, label }) {
  const [color, path] = SHAPES[name];
  const words = label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label };
  return html`
    <svg class=${`icon ${color}`} viewBox="0 0 16 16" width="16" height="16" ...${words}>
      ${label === undefined ? null : html`<title>${label}</title>`}
      <path fill="currentColor" fill-rule="evenodd" d=${path} />
    </svg>
  `;
}
