/** The collectors and their sources as one table. */

import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { useKeptFocus } from '../../../lib/kept-focus.js';
import { setQuery } from '../../../lib/router.js';
import { CollectorRow } from './collector-row.js';
import { SourceRow } from './source-row.js';

/** @typedef {import('../collection-data.js').ShownSource} ShownSource */

/**
 * @typedef {object} TableProps
 * @property {readonly import('../view.js').Group[]} groups
 * @property {import('../view.js').View} view
 * @property {boolean} mayChange
 * @property {ReadonlySet<number>} selected
 * @property {import('../field-schema.js').FieldStates | undefined} schema
 * @property {(ids: readonly number[], isSelected: boolean) => void} onSelect
 * @property {(source: ShownSource) => void} onInfo
 * @property {(source: ShownSource) => readonly import('../../../components/menu.js').MenuItem[]} menuOf
 * @property {(collector: import('../collection-data.js').Collector) => void} onAddSource
 * @property {(collector: import('../collection-data.js').Collector) => void} onEditCollector
 * @property {(collector: import('../collection-data.js').Collector) => void} onDeleteCollector
 */

/** In their order, with what each is sorted by. @type {readonly (readonly [label: string, sort: string | undefined])[]} */
const COLUMNS = [
  ['Name', 'name'],
  ['Health', 'health'],
  ['Type', undefined],
  ['Status', 'status'],
  ['Source Category', 'category'],
  ['Fields', undefined],
  ['Last hour', 'hour'],
  ['Last record', 'last'],
  ['Lag', 'lag'],
];

/** @param {TableProps} props */
export function SourceTable(props) {
  const { groups, view, mayChange, selected, onSelect } = props;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  const ids = groups.flatMap(({ sources }) => sources.map(({ id }) => id));
  const areAllSelected = ids.length > 0 && ids.every((id) => selected.has(id));
  return html`
    <div class="scroll" ref=${box} role="region" aria-label="Collectors and their sources" tabindex="-1">
      <table class="sources">
        <caption class="unseen">Collectors and their sources</caption>
        <thead>
          <tr>
            ${
              mayChange
                ? html`
                    <td>
                      <input
                        type="checkbox"
                        aria-label="Select all sources that are shown"
                        checked=${areAllSelected}
                        indeterminate=${!areAllSelected && ids.some((id) => selected.has(id))}
                        onChange=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => onSelect(ids, event.currentTarget.checked)}
                      />
                    </td>
                  `
                : null
            }
            ${COLUMNS.map(([label, sort]) => html`<${Heading} key=${label} label=${label} sort=${sort} view=${view} />`)}
            <td><span class="unseen">Information and actions</span></td>
          </tr>
        </thead>
        ${groups.map(
          ({ collector, sources, total }) => html`
            <tbody key=${collector.id}>
              <${CollectorRow} collector=${collector} total=${total} table=${props} columns=${COLUMNS.length} />
              ${sources.map(
                (source) =>
                  html`<${SourceRow} key=${source.id} source=${source} collector=${collector} table=${props} />`,
              )}
            </tbody>
          `,
        )}
      </table>
    </div>
  `;
}

/** @param {{ label: string, sort: string | undefined, view: import('../view.js').View }} props */
function Heading({ label, sort, view: { sort: current, isDescending } }) {
  if (sort === undefined) return html`<th scope="col">${label}</th>`;
  const isCurrent = sort === current;
  const direction = isDescending ? 'descending' : 'ascending';
  const toggle = () =>
    setQuery({ sort: sort === 'name' ? undefined : sort, order: isCurrent && !isDescending ? 'desc' : undefined });
  return html`
    <th scope="col" aria-sort=${isCurrent ? direction : undefined}>
      <button type="button" onClick=${toggle}>
        ${label}<span aria-hidden="true">${isCurrent ? (isDescending ? ' ▼' : ' ▲') : ''}</span>
      </button>
    </th>
  `;
}
