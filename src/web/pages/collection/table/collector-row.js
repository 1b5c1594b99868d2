/** A collector as the first row of its sources. */

import { html } from 'htm/preact';
import { counted } from '../../../lib/format.js';
import { FieldsCell } from './fields-cell.js';

/**
 * @param {object} props
 * @param {import('../collection-data.js').Collector} props.collector
 * @param {number} props.total of its sources
 * @param {import('./source-table.js').TableProps} props.table
 * @param {number} props.columns
 */
export function CollectorRow({ collector, total, table, columns }) {
  const { name, category, description, fields } = collector;
  const { mayChange, schema, onAddSource, onEditCollector, onDeleteCollector } = table;
  return html`
    <tr class="collector">
      <th scope="rowgroup" colspan=${columns + (mayChange ? 2 : 1)}>
        <div class="row spread">
          <div class="row">
            <span class="foreign">${name}</span>
            <span class="muted">${counted(total, 'source')}</span>
            ${category === undefined ? null : html`<span class="muted foreign">${category}</span>`}
            ${description === undefined ? null : html`<span class="muted foreign">${description}</span>`}
            ${Object.keys(fields).length === 0 ? null : html`<${FieldsCell} fields=${fields} schema=${schema} />`}
          </div>
          ${
            mayChange
              ? html`
                  <div class="row">
                    <button type="button" aria-label=${`Add Source to ${name}`} onClick=${() => onAddSource(collector)}>
                      Add Source
                    </button>
                    <button type="button" aria-label=${`Edit collector ${name}`} onClick=${() => onEditCollector(collector)}>
                      Edit
                    </button>
                    ${
                      total > 0
                        ? null
                        : html`
                            <button
                              type="button"
                              aria-label=${`Delete collector ${name}`}
                              onClick=${() => onDeleteCollector(collector)}
                            >
                              Delete
                            </button>
                          `
                    }
                  </div>
                `
              : null
          }
        </div>
      </th>
    </tr>
  `;
}
