/** Times whose records are missing for good, as Mimecast no longer has them. */

import { html } from 'htm/preact';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { duration } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { ScrollingTable, Section } from './section.js';

const PAGE = 'gaps';

/** @typedef {{ stream: string, from: string, to: string, reason: string, noticedAt: string }} Gap */

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {number | undefined} props.known loads again when there are more
 */
export function Gaps({ path, known }) {
  const token = pageToken(PAGE);
  const query = new URLSearchParams({ limit: '20', ...(token === undefined ? {} : { token }) });
  /** @type {import('../../lib/load.js').Loaded<{ data: Gap[], next?: string }>} */
  const { data, error, reload } = useLoaded((signal) => get(`${path}/gaps?${query}`, { signal }), [path, token, known]);
  return html`
    <${Section} id="gaps" title="Gaps">
      <${Problem} error=${error} onRetry=${reload} />
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : data.data.length === 0
            ? html`<p class="muted">None: all records that Mimecast had were collected.</p>`
            : html`
                <${ScrollingTable} label="Table of gaps">
                  <thead>
                    <tr>
                      <th scope="col">Stream</th>
                      <th scope="col">From</th>
                      <th scope="col">To</th>
                      <th scope="col">Length</th>
                      <th scope="col">Reason</th>
                      <th scope="col">Noticed</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${data.data.map(
                      ({ stream, from, to, reason, noticedAt }) => html`
                        <tr key=${`${stream} ${from}`}>
                          <th scope="row">${stream}</th>
                          <td><${Time} at=${from} /></td>
                          <td><${Time} at=${to} /></td>
                          <td>${duration(Date.parse(to) - Date.parse(from))}</td>
                          <td class="foreign">${reason}</td>
                          <td><${Time} at=${noticedAt} relative /></td>
                        </tr>
                      `,
                    )}
                  </tbody>
                <//>
              `
      }
      <${Pager} name=${PAGE} label="gaps" next=${data?.next} />
    <//>
  `;
}
