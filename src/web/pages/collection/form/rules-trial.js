/** What the rules do to a pasted record, before anything is saved: the server runs what a worker runs. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Problem } from '../../../components/problem.js';
import { send } from '../../../lib/api.js';
import { mistakesIn } from './mistakes.js';

/**
 * @typedef {object} Result the answer of `POST /rules/test`
 * @property {number} records
 * @property {number} excluded
 * @property {number} changed
 * @property {number} unchanged
 * @property {number} brokenByMask
 * @property {number} unreadable
 * @property {{ name: string, filterType: string, records: number, occurrences: number }[]} rules
 * @property {{ line: number, before: string, after?: string, by: string[] }[]} examples
 */

/** @param {{ filters: readonly unknown[], hashAlgorithm: unknown }} props */
export function RulesTrial({ filters, hashAlgorithm }) {
  const [text, setText] = useState('');
  const [result, setResult] = useState(/** @type {Result | undefined} */ (undefined));
  const [error, setError] = useState('');
  const tryOut = async () => {
    try {
      setResult(
        await send('POST', '/rules/test', { filters, hashAlgorithm: hashAlgorithm ?? null, records: linesOf(text) }),
      );
      setError('');
    } catch (problem) {
      setResult(undefined);
      setError(mistakesIn(problem).join(' '));
    }
  };
  return html`
    <details class="trial">
      <summary>Try the rules on a record</summary>
      <div class="stack">
        <label>
          Record as Mimecast sends it, or several, one per line
          <textarea class="code" spellcheck=${false} value=${text} onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => setText(event.currentTarget.value)}></textarea>
        </label>
        <div class="row"><button type="button" disabled=${text.trim() === ''} onClick=${tryOut}>Try</button></div>
        <${Problem} error=${error} />
        <div role="status">${result === undefined ? null : html`<${Outcome} result=${result} />`}</div>
      </div>
    </details>
  `;
}

/** A record that was laid out over several lines, as records come: one per line. @param {string} text */
export function linesOf(text) {
  try {
    const value = JSON.parse(text);
    const isLaidOut = text.trim().includes('\n');
    return isLaidOut
      ? [value]
          .flat()
          .map((each) => JSON.stringify(each))
          .join('\n')
      : text;
  } catch {
    return text;
  }
}

/** @param {{ result: Result }} props */
function Outcome({ result: { records, excluded, changed, unchanged, brokenByMask, unreadable, rules, examples } }) {
  return html`
    <div class="stack">
      <p>${`Records: ${records}. Excluded: ${excluded}. Masked or hashed: ${changed}. Unchanged: ${unchanged}.`}</p>
      ${brokenByMask === 0 ? null : html`<p class="warn">${brokenByMask} not valid JSON after masking; stored as masked text.</p>`}
      ${unreadable === 0 ? null : html`<p class="warn">${unreadable} not a record; it would go to quarantine, masked.</p>`}
      <ul>
        ${rules.map(({ name, filterType, records: matched, occurrences }) => {
          const replaced = filterType === 'Mask' || filterType === 'Hash' ? `, texts replaced: ${occurrences}` : '';
          return html`<li key=${name} class="foreign">${`${name} (${filterType}): records matched: ${matched}${replaced}`}</li>`;
        })}
      </ul>
      ${examples.map(
        ({ line, before, after, by }) => html`
          <div key=${line} class="stack">
            <p>${`Line ${line}: ${after === undefined ? 'excluded' : 'changed'} (${by.length === 0 ? 'no Include matches' : by.join(', ')})`}</p>
            <pre class="foreign" tabindex="0" aria-label=${`Line ${line}, before`}>${before}</pre>
            ${after === undefined ? null : html`<pre class="foreign" tabindex="0" aria-label=${`Line ${line}, after`}>${after}</pre>`}
          </div>
        `,
      )}
    </div>
  `;
}
