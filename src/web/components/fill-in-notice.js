/** Since when searches for indicators are complete, and quick: records stored by earlier versions get theirs afterward. */

import { html } from 'htm/preact';
import { get } from '../lib/api.js';
import { counted, localTime } from '../lib/format.js';
import { useLoaded } from '../lib/load.js';
import { Problem } from './problem.js';

const AGAIN_MS = 10_000;

export function FillInNotice() {
  const { data, error, reload } = useLoaded((signal) => get('/indicators/fillIn', { signal }), [], {
    everyMs: AGAIN_MS,
  });
  if (data === undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (data.isComplete) return null;
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
  `;
}
