/** A source as a row. */

import { html } from 'htm/preact';
import { Icon } from '../../../components/icon.js';
import { Menu } from '../../../components/menu.js';
import { Sparkline } from '../../../components/sparkline.js';
import { Time } from '../../../components/time.js';
import { count, duration } from '../../../lib/format.js';
import { sum } from '../view.js';
import { FieldsCell } from './fields-cell.js';
import { HealthCell } from './health-cell.js';
import { StatusCell } from './status-cell.js';

/**
 * @param {object} props
 * @param {import('../collection-data.js').ShownSource} props.source
 * @param {import('../collection-data.js').Collector} props.collector
 * @param {import('./source-table.js').TableProps} props.table
 */
export function SourceRow({ source, collector, table }) {
  const { id, name, state, category, fields, counts, lastEventTime, lagMs, schemaRef } = source;
  const { mayChange, selected, onSelect, onInfo, menuOf, schema } = table;
  const shownCategory = category ?? collector.category;
  return html`
    <tr data-source=${id}>
      ${
        mayChange
          ? html`
              <td>
                <input
                  type="checkbox"
                  aria-label=${`Select ${name}`}
                  checked=${selected.has(id)}
                  onChange=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => onSelect([id], event.currentTarget.checked)}
                />
              </td>
            `
          : null
      }
      <th scope="row"><a class="foreign" href=${`/sources/${id}`}>${name}</a></th>
      <td class="nowrap"><${HealthCell} source=${source} /></td>
      <td>${schemaRef.type}</td>
      <td class="nowrap"><${StatusCell} state=${state} /></td>
      <td class="foreign">
        ${shownCategory === undefined ? html`<span class="none">–</span>` : shownCategory}
        ${category === undefined && shownCategory !== undefined ? html`<span class="muted"> (collector)</span>` : null}
      </td>
      <td><${FieldsCell} fields=${fields} schema=${schema} /></td>
      <td class="nowrap">
        ${
          counts === undefined
            ? html`<span class="none">–</span>`
            : html`
                <span class="hour">
                  <${Sparkline} values=${counts} label="Records per 5 minutes" />
                  <span class="number">${count(sum(counts))}</span>
                </span>
              `
        }
      </td>
      <td class="nowrap"><${Time} at=${lastEventTime} relative /></td>
      <td class="nowrap">
        ${lagMs === undefined ? html`<span class="none">–</span>` : lagMs === 0 ? 'caught up' : duration(lagMs)}
      </td>
      <td class="nowrap">
        <button
          type="button"
          class="quiet icon-button"
          aria-label=${`API usage information of ${name}`}
          title="API usage information"
          onClick=${() => onInfo(source)}
        >
          <${Icon} name="info" />
        </button>
        ${mayChange ? html`<${Menu} label=${`Actions for ${name}`} items=${menuOf(source)} />` : null}
      </td>
    </tr>
  `;
}
