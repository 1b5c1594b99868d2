/** Downloads of everything that a search finds, however much it is. */

import { html } from 'htm/preact';
import { Dropdown } from '../../components/dropdown.js';

/**
 * @param {object} props
 * @param {import('./use-search.js').SearchBody} props.body
 * @param {readonly string[]} props.columns of CSV
 */
export function Export({ body, columns }) {
  const hrefOf = (/** @type {string} */ format) => {
    const { query, collections = [], sourceIds = [], from, to } = body;
    const asked = new URLSearchParams({ format, query, ...(from && { from }), ...(to && { to }) });
    for (const collection of collections) asked.append('collections', collection);
    for (const id of sourceIds) asked.append('sourceIds', String(id));
    if (format === 'csv') for (const column of columns) asked.append('columns', column);
    return `/api/v1/search/export?${asked}`;
  };
  return html`
    <${Dropdown} label="Export">
      <p class="hint">All records that match, not only those shown; newest first.</p>
      <ul class="plain-list">
        <li><a href=${hrefOf('ndjson')} download>NDJSON: whole records</a></li>
        <li><a href=${hrefOf('csv')} download>CSV: ${columns.length === 0 ? 'default columns' : 'columns shown'}</a></li>
      </ul>
    <//>
  `;
}
