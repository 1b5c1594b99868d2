/** The records that a verify or a backfill found missing, page by page. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { count as shownCount } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { ScrollingTable } from './section.js';

/** @typedef {{ stream: string, id: string, unreadable: boolean, place: string, messageTime?: string }} Missing */

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {'verify' | 'backfill'} props.kind
 * @param {string} props.run
 * @param {number} props.count how many there are
 */
export function MissingRecords({ path, kind, run, count }) {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details
      onToggle=${(/** @type {Event} */ { currentTarget }) =>
        setOpen(currentTarget instanceof HTMLDetailsElement && currentTarget.open)}
    >
      <summary>Missing records (${shownCount(count)})</summary>
      ${isOpen ? html`<${MissingList} path=${path} kind=${kind} run=${run} count=${count} />` : null}
    </details>
  `;
}

/** @param {{ path: string, kind: string, run: string, count: number }} props */
function MissingList({ path, kind, run, count }) {
  const page = `missing-${kind}`;
  const token = pageToken(page);
  const query = new URLSearchParams({ limit: '20', ...(token === undefined ? {} : { token }) });
  /** @type {import('../../lib/load.js').Loaded<{ data: Missing[], next?: string }>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/rereads/${kind}/missing?${query}`, { signal }),
    [path, run, token, count],
  );
  return html`
    <${Problem} error=${error} onRetry=${reload} />
    ${
      data === undefined
        ? null
        : html`
            <${ScrollingTable} label=${`Records that ${kind} found missing`}>
              <thead>
                <tr>
                  <th scope="col">Stream</th>
                  <th scope="col">Time</th>
                  <th scope="col">Place</th>
                  <th scope="col">Record</th>
                </tr>
              </thead>
              <tbody>
                ${data.data.map(
                  ({ stream, id, unreadable, place, messageTime }) => html`
                    <tr key=${id}>
                      <th scope="row">${stream}</th>
                      <td><${Time} at=${messageTime} none=${unreadable ? 'unreadable' : '–'} /></td>
                      <td class="foreign">${place}</td>
                      <td><code class="foreign">${id}</code></td>
                    </tr>
                  `,
                )}
              </tbody>
            <//>
          `
    }
    <${Pager} name=${page} label="missing records" next=${data?.next} />
  `;
}
