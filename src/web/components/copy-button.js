/** Copies a text, and says that it has. */

import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const SAID_MS = 3_000;

/**
 * @param {object} props
 * @param {string} props.text
 * @param {string} props.label of the button, for people who do not see what it is beside
 * @param {() => Node | null} props.shown where the text is shown: it is selected there when the browser keeps the clipboard
 */
export function CopyButton({ text, label, shown }) {
  const [said, say] = useState('');
  const silence = useRef(/** @type {number | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(silence.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      // Browsers keep the clipboard from pages that came without TLS from elsewhere.
      const place = shown();
      if (place !== null) getSelection()?.selectAllChildren(place);
      say('Selected: press Ctrl+C');
    }
    clearTimeout(silence.current);
    silence.current = setTimeout(() => say(''), SAID_MS);
  };
  return html`
    <span class="row tight">
      <button type="button" aria-label=${label} onClick=${copy}>Copy</button>
      <span class="muted" role="status">${said}</span>
    </span>
  `;
}

/**
 * A block of text to be copied.
 *
 * @param {object} props
 * @param {string} props.label what it is
 * @param {string} props.text
 */
export function Copyable({ label, text }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  return html`
    <div class="copyable">
      <div class="row spread">
        <span>${label}</span>
        <${CopyButton} text=${text} label=${`Copy: ${label}`} shown=${() => box.current} />
      </div>
      <pre class="foreign" ref=${box} tabindex="0" aria-label=${label}>${text}</pre>
    </div>
  `;
}
