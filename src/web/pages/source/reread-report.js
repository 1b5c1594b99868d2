/** How far a verify or a backfill is, or what came of it. */

import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Time } from '../../components/time.js';
import { messageOf, send } from '../../lib/api.js';
import { count, counted } from '../../lib/format.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { tellDone, tellFailed } from '../../lib/notices.js';
import { mayChange } from '../../lib/session.js';
import { MissingRecords } from './missing-records.js';
import { KINDS } from './reread-kinds.js';
import { ScrollingTable } from './section.js';

/** @type {Readonly<Record<string, string>>} */
const STATE = { RUNNING: 'running', COMPLETED: 'completed', CANCELLED: 'canceled', UNKNOWN: 'not known at the moment' };

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {import('./reread-kinds.js').Reread} props.reread
 * @param {() => Promise<void>} props.onChange
 */
export function RereadReport({ path, reread, onChange }) {
  const { kind, state, report } = reread;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  const isRunning = state === 'RUNNING';
  const streams = report?.streams ?? [];
  const over = streams.filter(({ done, failure }) => done || failure !== undefined).length;
  return html`
    <div class="row spread" ref=${box} tabindex="-1">
      <p role="status">
        ${KINDS[kind].title} ${STATE[state] ?? state.toLowerCase()}${isRunning && report !== undefined ? `: ${over} of ${counted(streams.length, 'stream')} done` : ''}
      </p>
      ${isRunning && mayChange() ? html`<${Cancel} path=${path} kind=${kind} onChange=${onChange} />` : null}
    </div>
    ${
      report === undefined
        ? null
        : html`
            ${isRunning ? html`<progress max=${Math.max(1, streams.length)} value=${over} aria-label=${`Progress of ${kind}`} />` : null}
            <p>
              <${Time} at=${report.from} /> to <${Time} at=${report.to} />:${' '}
              ${count(report.totals.read)} read, ${count(report.totals.missing)} missing${kind === 'backfill' ? `, ${count(report.totals.restored)} restored` : ''}${report.totals.unreadFiles > 0 ? `, ${count(report.totals.unreadFiles)} files could not be read again` : ''}.
            </p>
            <details>
              <summary>By stream</summary>
              <${StreamTable} kind=${kind} streams=${streams} />
            </details>
            ${report.totals.missing > 0 ? html`<${MissingRecords} path=${path} kind=${kind} run=${report.run} count=${report.totals.missing} />` : null}
          `
    }
  `;
}

/** @param {{ kind: string, streams: readonly import('./reread-kinds.js').StreamReread[] }} props */
function StreamTable({ kind, streams }) {
  return html`
    <${ScrollingTable} label=${`Streams of ${kind}`}>
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col" class="number">Read</th>
          <th scope="col" class="number">Missing</th>
          <th scope="col" class="number">Restored</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${streams.map(
          ({ stream, counts, done, position, notes, failure }) => html`
            <tr key=${stream}>
              <th scope="row">${stream}</th>
              <td class="number">${count(counts.read)}</td>
              <td class="number">${count(counts.missing)}</td>
              <td class="number">${count(counts.restored)}</td>
              <td class="foreign">
                ${failure !== undefined ? html`<span class="bad">failed: ${failure}</span>` : done ? 'done' : position}
                ${notes.map((note) => html`<p class="muted" key=${note}>${note}</p>`)}
              </td>
            </tr>
          `,
        )}
      </tbody>
    <//>
  `;
}

/** @param {{ path: string, kind: import('./reread-kinds.js').Reread['kind'], onChange: () => Promise<void> }} props */
function Cancel({ path, kind, onChange }) {
  const [isAsked, ask] = useState(false);
  const cancel = async () => {
    ask(false);
    try {
      await send('DELETE', `${path}/rereads/${kind}`);
      tellDone(`${KINDS[kind].title} is being canceled.`);
    } catch (error) {
      tellFailed(messageOf(error));
    }
    await onChange();
  };
  return html`
    <button type="button" onClick=${() => ask(true)}>Cancel ${kind}</button>
    ${
      isAsked
        ? html`
            <${ConfirmDialog} title=${`Cancel ${kind}`} onClose=${() => ask(false)} onConfirm=${cancel}>
              <p>What it has found and stored so far is kept.</p>
            <//>
          `
        : null
    }
  `;
}
