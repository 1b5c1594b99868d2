/** The fields of the records that were found, with their most frequent values. */

import { html } from 'htm/preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { send } from '../../lib/api.js';
import { count, counted } from '../../lib/format.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { useLoaded } from '../../lib/load.js';
import { termOf } from '../../lib/query-text.js';
import { fieldsOf, isByValue } from '../../lib/record.js';
import { FilterButtons } from './filter-buttons.js';

/**
 * @param {object} props
 * @param {import('./use-search.js').Results} props.results
 * @param {readonly string[]} props.columns
 * @param {(columns: readonly string[]) => void} props.onColumns
 * @param {(term: string, negated: boolean) => void} props.onTerm
 */
export function FieldPanel({ results, columns, onColumns, onTerm }) {
  const [wanted, setWanted] = useState('');
  const records = results.before ?? results.records;
  const paths = useMemo(() => pathsOf(records), [records]);
  const all = [...new Set([...columns, ...paths])].filter((path) => path.toLowerCase().includes(wanted.toLowerCase()));
  const toggle = (/** @type {string} */ path) =>
    onColumns(columns.includes(path) ? columns.filter((column) => column !== path) : [...columns, path]);
  return html`
    <details class="field-panel" open=${matchMedia('(min-width: 60rem)').matches}>
      <summary><h2>Fields</h2></summary>
      <label>
        <span class="unseen">Find a field</span>
        <input
          type="search"
          placeholder="Find a field"
          value=${wanted}
          onInput=${(/** @type {Event} */ { currentTarget }) =>
            currentTarget instanceof HTMLInputElement && setWanted(currentTarget.value)}
        />
      </label>
      <ul>
        ${all.map(
          (path) => html`
            <li key=${path}>
              <input
                type="checkbox"
                aria-label=${`Column ${path}`}
                title="Show as a column"
                checked=${columns.includes(path)}
                onChange=${() => toggle(path)}
              />
              ${
                isByValue(path)
                  ? html`<${FieldValues} path=${path} body=${results.body} onTerm=${onTerm} />`
                  : html`<${Foreign} text=${path} />`
              }
            </li>
          `,
        )}
      </ul>
    </details>
  `;
}

/** @param {{ path: string, body: import('./use-search.js').SearchBody, onTerm: (term: string, negated: boolean) => void }} props */
function FieldValues({ path, body, onTerm }) {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (/** @type {Event} */ { target }) => setOpen(target instanceof HTMLDetailsElement && target.open);
  return html`
    <details onToggle=${onToggle}>
      <summary><${Foreign} text=${path} /></summary>
      ${isOpen ? html`<${TopValues} path=${path} body=${body} onTerm=${onTerm} />` : null}
    </details>
  `;
}

/** @param {Parameters<typeof FieldValues>[0]} props */
function TopValues({ path, body, onTerm }) {
  const { data, error, isLoading } = useLoaded(
    (signal) => send('POST', '/search/values', { ...body, field: path, limit: 8 }, { signal }),
    [path, body],
  );
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  if (error !== undefined) return html`<${Problem} error=${error} />`;
  if (data === undefined) return html`<p class="hint">${isLoading ? 'Loading …' : ''}</p>`;
  return html`
    <ul class="values" ref=${box} tabindex="-1">
      ${data.values.map(
        (/** @type {{ value: string | number | boolean, count: number }} */ { value, count: times }) => html`
          <li key=${String(value)}>
            <span><${Foreign} text=${String(value)} most=${80} /> <span class="muted">${count(times)}</span></span>
            <${FilterButtons} term=${termOf(path, value)} onTerm=${onTerm} />
          </li>
        `,
      )}
    </ul>
    <p class="hint">
      ${data.values.length === 0 ? 'No short values. ' : ''}Of ${counted(data.records, 'record')}${data.complete ? '' : ', as time was up'}:
      ${' '}${count(data.withValue)} ${data.withValue === 1 ? 'has' : 'have'} it.
    </p>
  `;
}

/** @param {import('./use-search.js').Results['records']} records @returns {string[]} those that can be columns, by name; metadata last */
function pathsOf(records) {
  const paths = records.flatMap(({ record }) =>
    fieldsOf(record)
      .filter(({ isColumn }) => isColumn)
      .map(({ path }) => path),
  );
  return [...new Set(paths)].sort(
    (a, b) => Number(a.startsWith('_')) - Number(b.startsWith('_')) || a.localeCompare(b),
  );
}
