/** Tells that somebody else has changed what is being edited, and lets choose. */

import { html } from 'htm/preact';

/**
 * @param {object} props
 * @param {Record<string, unknown>} props.before as it was when it was opened
 * @param {Record<string, unknown>} props.theirs as it is now
 * @param {() => void} props.onMine
 * @param {() => void} props.onTheirs
 */
export function Conflict({ before, theirs, onMine, onTheirs }) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(theirs)])];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(theirs[key]));
  const text = (/** @type {unknown} */ value) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return html`
    <div class="problem conflict" role="alert">
      <div class="stack">
        <p><strong>Somebody else has changed this since you opened it.</strong> What you entered is still here.</p>
        <ul>
          ${changed.map((key) => html`<li key=${key} class="foreign">${`${key}: ${text(before[key])} → ${text(theirs[key])}`}</li>`)}
        </ul>
        <div class="row">
          <button type="button" onClick=${onMine}>Overwrite with my changes</button>
          <button type="button" onClick=${onTheirs}>Discard my changes</button>
        </div>
      </div>
    </div>
  `;
}
