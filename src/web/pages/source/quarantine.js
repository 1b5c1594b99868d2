/** What could not be read as records: to be looked at as text, and to be kept as a file. */

import { html } from 'htm/preact';
import { Foreign } from '../../components/foreign.js';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { byteSize } from '../../lib/bytes.js';
import { counted } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { Section } from './section.js';

const PAGE = 'quarantine';

/** @typedef {{ id: string, stream: string, place: string, reason: string, text: string, size: number, at: string, resolvedAt?: string }} Quarantined */

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {number | undefined} props.known loads again when there are more
 */
export function Quarantine({ path, known }) {
  const token = pageToken(PAGE);
  const query = new URLSearchParams({ limit: '10', ...(token === undefined ? {} : { token }) });
  /** @type {import('../../lib/load.js').Loaded<{ data: Quarantined[], next?: string }>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/quarantine?${query}`, { signal }),
    [path, token, known],
  );
  return html`
    <${Section} id="quarantine" title="Quarantine">
      <${Problem} error=${error} onRetry=${reload} />
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : data.data.length === 0
            ? html`<p class="muted">Empty: all data was read as records.</p>`
            : html`
                <ul class="entries">
                  ${data.data.map((entry) => html`<${Entry} path=${path} entry=${entry} key=${entry.id} />`)}
                </ul>
              `
      }
      <${Pager} name=${PAGE} label="the quarantine" next=${data?.next} />
    <//>
  `;
}

/** @param {{ path: string, entry: Quarantined }} props */
function Entry({ path, entry }) {
  const { id, stream, place, reason, text, size, at, resolvedAt } = entry;
  // The text is never longer in characters than in bytes.
  const isWhole = new TextEncoder().encode(text).byteLength >= size;
  return html`
    <li class="stack">
      <p class="row tight">
        <${Time} at=${at} />
        <strong>${stream}</strong>
        <${Foreign} text=${reason} />
        ${resolvedAt === undefined ? null : html`<span class="badge good">read well later</span>`}
      </p>
      <p class="muted"><${Foreign} text=${place} />, ${byteSize(size)}</p>
      <details>
        <summary>Show as text</summary>
        <pre class="foreign" tabindex="0" aria-label=${`Quarantined text of ${stream}`}><${Foreign} text=${text} most=${Number.POSITIVE_INFINITY} /></pre>
        ${isWhole ? null : html`<p class="hint">Its first ${counted(text.length, 'character')}. The file has more.</p>`}
      </details>
      <p>
        <a href=${`/api/v1${path}/quarantine/${id}/content`} download=${`quarantined-${id}.txt`}>Download as received</a>
      </p>
    </li>
  `;
}
