/** Text from outside: never markup, and what cannot be seen in it is shown. */

import { html } from 'htm/preact';
import { counted } from '../lib/format.js';
import { codePointName, seenAndUnseen } from '../lib/unseen.js';

const MOST_SHOWN = 300;

/**
 * @param {object} props
 * @param {string} props.text
 * @param {number} [props.most] characters that are shown; of a longer text, its length is told
 */
export function Foreign({ text, most = MOST_SHOWN }) {
  const shown = text.length > most ? text.slice(0, most) : text;
  const rest = text.length - shown.length;
  return html`<span class="foreign"
    >${visible(shown)}${rest === 0 ? null : html`<span class="muted">… ${counted(rest, 'more character')}</span>`}</span
  >`;
}

/** @param {string} text */
function visible(text) {
  return seenAndUnseen(text).map((part, at) =>
    at % 2 === 0 ? part : html`<span class="unseen-character">${codePointName(part)}</span>`,
  );
}
