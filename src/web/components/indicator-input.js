/** A list of indicators: typed, pasted, uploaded or dropped. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { messageOf } from '../lib/api.js';
import { count, counted } from '../lib/format.js';
import { Problem } from './problem.js';

/** In bytes. The API takes 16 MiB, of a text that was made longer by escapes. */
const LARGEST_FILE = 15_000_000;
/** More text makes a browser's field slow. */
const MOST_SHOWN = 200_000;

/**
 * @param {object} props
 * @param {string} props.text
 * @param {(text: string) => void} props.onChange
 */
export function IndicatorInput({ text, onChange }) {
  const [isOver, setOver] = useState(false);
  const [fileName, setFileName] = useState('');
  const [error, setError] = useState('');
  const read = async (/** @type {File | undefined} */ file) => {
    if (file === undefined) return;
    if (file.size > LARGEST_FILE) {
      setError(`${file.name} is too large: at most ${count(LARGEST_FILE / 1_000_000)} MB.`);
      return;
    }
    try {
      onChange(await file.text());
      setFileName(file.name);
      setError('');
    } catch (cause) {
      setError(`${file.name} cannot be read: ${messageOf(cause)}`);
    }
  };
  const onDrop = (/** @type {DragEvent} */ event) => {
    setOver(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    if (files.length === 1) void read(files[0]);
    else setError(`${counted(files.length, 'file')} were dropped, and none was read: drop one at a time.`);
  };
  const onDragOver = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const onFile = (/** @type {Event} */ { currentTarget }) => {
    if (!(currentTarget instanceof HTMLInputElement)) return;
    void read(currentTarget.files?.[0]);
    // The same file may be chosen again after it was changed.
    currentTarget.value = '';
  };
  const isLong = text.length > MOST_SHOWN;
  const lines = text.trim() === '' ? 0 : text.trim().split(/\n/).length;
  return html`
    <div class=${`indicator-input stack ${isOver ? 'over' : ''}`} onDragOver=${onDragOver} onDragLeave=${() => setOver(false)} onDrop=${onDrop}>
      <label>
        Indicators
        <textarea
          class="code"
          rows="8"
          spellcheck=${false}
          autocomplete="off"
          placeholder=${'198.51.100.7\n203.0.113.0/24\nevil[.]example\nhxxps://evil[.]example/login'}
          readonly=${isLong}
          value=${isLong ? `${text.slice(0, MOST_SHOWN)}\n…` : text}
          onInput=${(/** @type {Event} */ { currentTarget }) => {
            if (!(currentTarget instanceof HTMLTextAreaElement)) return;
            setFileName('');
            onChange(currentTarget.value);
          }}
        />
      </label>
      <div class="row">
        <label class="button file-button">
          Open a file …
          <input type="file" class="unseen" accept=".txt,.csv,.json,.stix,text/*,application/json" onChange=${onFile} />
        </label>
        ${
          text === ''
            ? null
            : html`
                <button type="button" onClick=${() => {
                  setFileName('');
                  onChange('');
                }}>Clear</button>
                <span class="muted foreign">${fileName === '' ? '' : `${fileName}: `}${counted(lines, 'line')}</span>
              `
        }
      </div>
      <${Problem} error=${error} />
      <p class="hint">
        IP addresses and ranges, domains with their subdomains, URLs, e-mail addresses, MD5, SHA-1 and SHA-256 hashes,
        message IDs and file names, also defanged; as lines, CSV, or a STIX bundle. Up to 10,000. A file can be dropped
        here.
      </p>
    </div>
  `;
}
