/** Who did what to the source. */

import { html } from 'htm/preact';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';
import { seenJson } from '../../lib/unseen.js';
import { ScrollingTable, Section } from './section.js';

const PAGE = 'audit';
const RELOAD_MS = 10_000;

/** @typedef {{ id: string, at: string, actor: string, action: string, outcome: 'begun' | 'done' | 'failed', reason?: string, from?: unknown, to?: unknown }} AuditEntry */

/** @type {Readonly<Record<AuditEntry['outcome'], string>>} */
const OUTCOME = { begun: 'not known: the server ended before it was completed', done: 'done', failed: 'failed' };

/**
 * @param {object} props
 * @param {number} props.id
 * @param {string} props.moment loads again when it changes
 */
export function AuditTrail({ id, moment }) {
  const token = pageToken(PAGE);
  const query = new URLSearchParams({ sourceId: String(id), limit: '20', ...(token === undefined ? {} : { token }) });
  /** @type {import('../../lib/load.js').Loaded<{ data: AuditEntry[], next?: string }>} */
  const { data, error, reload } = useLoaded((signal) => get(`/auditTrail?${query}`, { signal }), [id, token, moment], {
    everyMs: RELOAD_MS,
  });
  return html`
    <${Section} id="audit-trail" title="Audit trail">
      <${Problem} error=${error} onRetry=${reload} />
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : data.data.length === 0
            ? html`<p class="muted">No changes have been recorded.</p>`
            : html`
                <${ScrollingTable} label="Table of changes">
                  <thead>
                    <tr>
                      <th scope="col">Time</th>
                      <th scope="col">Who</th>
                      <th scope="col">What</th>
                      <th scope="col">Outcome</th>
                      <th scope="col">Values</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${data.data.map((entry) => html`<${Entry} entry=${entry} key=${entry.id} />`)}
                  </tbody>
                <//>
              `
      }
      <${Pager} name=${PAGE} label="the audit trail" next=${data?.next} />
    <//>
  `;
}

/** @param {{ entry: AuditEntry }} props */
function Entry({ entry }) {
  const { at, actor, action, outcome, reason, from, to } = entry;
  return html`
    <tr>
      <td><${Time} at=${at} /></td>
      <td class="foreign">${actor}</td>
      <th scope="row">${action.replace(/^source\./, '')}</th>
      <td class=${outcome === 'failed' ? 'bad foreign' : 'foreign'}>
        ${OUTCOME[outcome]}${reason === undefined ? '' : `: ${reason}`}
      </td>
      <td>
        ${
          from === undefined && to === undefined
            ? html`<span class="none">–</span>`
            : html`
                <details>
                  <summary>Show</summary>
                  ${from === undefined ? null : html`<${Json} title="Before" value=${from} />`}
                  ${to === undefined ? null : html`<${Json} title=${from === undefined ? 'Values' : 'After'} value=${to} />`}
                </details>
              `
        }
      </td>
    </tr>
  `;
}

/** @param {{ title: string, value: unknown }} props */
function Json({ title, value }) {
  return html`<p>${title}</p><pre class="foreign" tabindex="0" aria-label=${title}>${seenJson(JSON.stringify(value, null, 2))}</pre>`;
}
