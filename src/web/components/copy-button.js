/** Copies a text, and says that it has. */

import { html } from 'htm/preact';
import { tellDone, tellFailed } from '../lib/notices.js';

/**
 * @param {object} props
 * @param {string} props.text
 * @param {string} props.what what it is, such as "workflow ID"
 */
export function CopyButton({ text, what }) {
  const copy = async () => {
    try {
      // Browsers offer the clipboard to pages of https and of this machine only.
      await navigator.clipboard.writeText(text);
      tellDone(`Copied the ${what}.`);
    } catch {
      tellFailed(`This browser does not let the page copy the ${what}: select it and copy it by hand.`);
    }
  };
  return html`<button type="button" onClick=${copy} aria-label=${`Copy the ${what}`}>Copy</button>`;
}
