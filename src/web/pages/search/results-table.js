/** The records of a search, newest first. */

import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { RecordLine } from '../../components/record/record-line.js';
import { localTime } from '../../lib/format.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { termOf } from '../../lib/query-text.js';
import { isByValue, recordHref, valuesAt, valueText } from '../../lib/record.js';
import { streamLabel } from '../../lib/streams.js';
import { FilterButtons } from './filter-buttons.js';
import { ResultDetails } from './result-details.js';

/** @typedef {import('../../lib/record.js').FoundRecord} FoundRecord */

/**
 * @param {object} props
 * @param {readonly FoundRecord[]} props.records
 * @param {readonly string[]} props.columns
 * @param {(columns: readonly string[]) => void} props.onColumns
 * @param {(term: string, negated: boolean) => void} props.onTerm
 */
export function ResultsTable({ records, columns, onColumns, onTerm }) {
  const [opened, setOpened] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  const toggle = (/** @type {string} */ key) =>
    setOpened((before) =>
      before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key]),
    );
  const remove = (/** @type {string} */ path) => onColumns(columns.filter((column) => column !== path));
  return html`
    <div class="scroll" ref=${box} tabindex="-1">
      <table class="results">
        <thead>
          <tr>
            <th><span class="unseen">Details</span></th>
            <th>Time</th>
            <th>Collection</th>
            ${columns.length === 0 ? html`<th>Record</th>` : null}
            ${columns.map(
              (path) => html`
                <th key=${path}>
                  <${Foreign} text=${path} />
                  <button type="button" title="Remove the column" aria-label=${`Remove the column ${path}`} onClick=${() => remove(path)}>
                    ✕
                  </button>
                </th>
              `,
            )}
          </tr>
        </thead>
        <tbody>
          ${records.map((record) => {
            const key = recordHref(record);
            const isOpen = opened.has(key);
            return [
              html`
                <${Row} key=${key} record=${record} columns=${columns} isOpen=${isOpen} onToggle=${() => toggle(key)} onTerm=${onTerm} />
              `,
              isOpen
                ? html`
                    <tr key=${`${key}#`} class="details">
                      <td colspan=${Math.max(columns.length, 1) + 3}>
                        <${ResultDetails} record=${record} columns=${columns} onColumns=${onColumns} onTerm=${onTerm} />
                      </td>
                    </tr>
                  `
                : null,
            ];
          })}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * @param {{ record: FoundRecord, columns: readonly string[], isOpen: boolean, onToggle: () => void,
 *   onTerm: (term: string, negated: boolean) => void }} props
 */
function Row({ record, columns, isOpen, onToggle, onTerm }) {
  const when = localTime(record.time);
  return html`
    <tr>
      <td>
        <button type="button" class="quiet" aria-expanded=${isOpen} aria-label=${`Details of the record of ${when}`} onClick=${onToggle}>
          ${isOpen ? '▾' : '▸'}
        </button>
      </td>
      <td class="when"><a href=${recordHref(record)} title=${`${record.time}: the story of this message`}>${when}</a></td>
      <td>${streamLabel(record.stream)}</td>
      ${columns.length === 0 ? html`<td><${RecordLine} record=${record.record} /></td>` : null}
      ${columns.map(
        (path) => html`
          <td key=${path} class="result-cell">
            ${valuesAt(record.record, path).map(
              (value, at) => html`
                <div key=${at}><${Foreign} text=${valueText(value)} most=${200} /><${FilterButtons} term=${isByValue(path) ? termOf(path, value) : undefined} onTerm=${onTerm} /></div>
              `,
            )}
          </td>
        `,
      )}
    </tr>
  `;
}
