/** Since when searches for indicators are complete, and quick: records stored by earlier versions get theirs afterward. */

import { html } from 'htm/preact';
import { get } from '../lib/api.js';
import { counted, localTime } from '../lib/format.js';
import { useLoaded } from '../lib/load.js';
import { CutNotice } from './cut-notice.js';
import { Problem } from './problem.js';

const AGAIN_MS = 10_000;

/** @param {{ withCuts?: boolean }} props whether to tell as well of records that it never is complete for */
export function FillInNotice({ withCuts = false }) {
  const { data, error, reload } = useLoaded((signal) => get('/indicators/fillIn', { signal }), [], {
    everyMs: AGAIN_MS,
  });
  if (data === undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  /** @type {readonly { stream: string, hasCuts: boolean }[]} */
  const ofStreams = data.collections;
  const cut = withCuts ? ofStreams.flatMap(({ stream, hasCuts }) => (hasCuts ? [stream] : [])) : [];
  if (data.isComplete) return html`<${CutNotice} streams=${cut} />`;
  const read = data.collections.reduce(
    (/** @type {number} */ sum, /** @type {{ read: number }} */ one) => sum + one.read,
    0,
  );
  return html`
    <div class="note" role="status">
      <p>
        ${
          data.completeSince === undefined
            ? 'Records that were stored by an earlier version cannot all be found yet.'
            : `Searches are complete since ${localTime(data.completeSince)}. Older records may be missing.`
        }
        ${' '}Their indicators are being extracted: ${counted(read, 'record')} so far.
      </p>
    </div>
    <${CutNotice} streams=${cut} />
  `;
}
