/** A text to be copied, with a button that does it. */

import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';

/**
 * @param {object} props
 * @param {string} props.label what it is
 * @param {string} props.text
 */
export function Copyable({ label, text }) {
  const [said, say] = useState('');
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      // Browsers keep the clipboard from pages that came without TLS from elsewhere.
      if (box.current !== null) getSelection()?.selectAllChildren(box.current);
      say('Selected: press Ctrl+C');
    }
    setTimeout(() => say(''), 3_000);
  };
  return html`
    <div class="copyable">
      <div class="row spread">
        <span>${label}</span>
        <span class="row">
          <span class="muted" role="status">${said}</span>
          <button type="button" aria-label=${`Copy: ${label}`} onClick=${copy}>Copy</button>
        </span>
      </div>
      <pre class="foreign" ref=${box} tabindex="0" aria-label=${label}>${text}</pre>
    </div>
  `;
}
