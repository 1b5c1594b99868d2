/** Exports of the past: started here, followed while they run, with what came of them. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get, messageOf, send } from '../../lib/api.js';
import { count } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { tellDone, tellFailed } from '../../lib/notices.js';
import { mayChange } from '../../lib/session.js';
import { PastExportDialog } from './past-export-dialog.js';
import { ScrollingTable, Section } from './section.js';

const RUNNING_MS = 2_000;
const ENDED_MS = 15_000;

/**
 * @typedef {object} PastExport
 * @property {number} id
 * @property {'Running' | 'Canceling' | 'Completed' | 'Canceled' | 'Failed'} state
 * @property {string} from
 * @property {string} to
 * @property {string} bucket
 * @property {string} prefix
 * @property {number} objects
 * @property {number} records
 * @property {{ stream: string, done: boolean }[]} streams
 * @property {string} startedAt
 * @property {{ message: string, advice?: string }} [problem]
 */

/** @param {PastExport} one */
const isRunning = ({ state }) => state === 'Running' || state === 'Canceling';

/** @param {{ path: string, id: number, streams: readonly string[], hasExport: boolean }} props */
export function PastExports({ path, id, streams, hasExport }) {
  const [isBusy, setBusy] = useState(false);
  const [isAsking, ask] = useState(false);
  /** @type {import('../../lib/load.js').Loaded<PastExport[]>} */
  const { data, error, reload } = useLoaded(
    async (signal) => {
      /** @type {{ exports: PastExport[] }} */
      const { exports } = await get(`${path}/exports`, { signal });
      setBusy(exports.some(isRunning));
      return exports;
    },
    [path],
    { everyMs: isBusy ? RUNNING_MS : ENDED_MS },
  );
  return html`
    <${Section} id="past-exports" title="Past exports">
      <div class="row spread">
        <p class="muted">
          Records that are stored already, written to a bucket on request:${' '}
          <code>npm run starter -- export ${id} --from 30d --to-bucket NAME</code>
        </p>
        ${
          mayChange()
            ? html`<button type="button" aria-disabled=${isBusy} onClick=${() => !isBusy && ask(true)}>Export…</button>`
            : null
        }
      </div>
      <${Problem} error=${error} onRetry=${reload} />
      ${data === undefined && error === undefined ? html`<p role="status">Loading…</p>` : null}
      ${data?.length === 0 ? html`<p class="muted">None has been started yet.</p>` : null}
      ${data === undefined || data.length === 0 ? null : html`<${PastTable} path=${path} exports=${data} onChange=${reload} />`}
      ${
        isAsking
          ? html`
              <${PastExportDialog}
                path=${path}
                streams=${streams}
                hasExport=${hasExport}
                onClose=${() => ask(false)}
                onStarted=${() => {
                  ask(false);
                  return reload();
                }}
              />
            `
          : null
      }
    <//>
  `;
}

/** @param {{ path: string, exports: readonly PastExport[], onChange: () => Promise<void> }} props */
function PastTable({ path, exports, onChange }) {
  return html`
    <${ScrollingTable} label="Table of past exports">
      <thead>
        <tr>
          <th scope="col">Started</th>
          <th scope="col">State</th>
          <th scope="col">Times of the records</th>
          <th scope="col">Bucket and prefix</th>
          <th scope="col" class="number">Records</th>
          <th scope="col" class="number">Objects</th>
        </tr>
      </thead>
      <tbody>
        ${exports.map(
          (one) => html`
            <tr key=${one.id}>
              <th scope="row"><${Time} at=${one.startedAt} relative /></th>
              <td><${State} path=${path} one=${one} onChange=${onChange} /></td>
              <td><${Time} at=${one.from} /> to <${Time} at=${one.to} /></td>
              <td><${Foreign} text=${`${one.bucket}/${one.prefix}`} /></td>
              <td class="number">${count(one.records)}</td>
              <td class="number">${count(one.objects)}</td>
            </tr>
          `,
        )}
      </tbody>
    <//>
  `;
}

/** @param {{ path: string, one: PastExport, onChange: () => Promise<void> }} props */
function State({ path, one, onChange }) {
  const { state, streams, problem } = one;
  const done = streams.filter((stream) => stream.done).length;
  return html`
    <span class=${state === 'Failed' ? 'bad' : ''}>${state}</span>
    ${
      isRunning(one)
        ? html`<progress max=${Math.max(1, streams.length)} value=${done} aria-label=${`Progress of export ${one.id}`} />`
        : null
    }
    ${problem === undefined ? null : html`<p class="foreign">${problem.message}. ${problem.advice}</p>`}
    ${state === 'Running' && mayChange() ? html`<${Cancel} path=${path} id=${one.id} onChange=${onChange} />` : null}
  `;
}

/** @param {{ path: string, id: number, onChange: () => Promise<void> }} props */
function Cancel({ path, id, onChange }) {
  const [isAsked, ask] = useState(false);
  const cancel = async () => {
    ask(false);
    try {
      await send('DELETE', `${path}/exports/${id}`);
      tellDone(`Export ${id} is being canceled.`);
    } catch (error) {
      tellFailed(messageOf(error));
    }
    await onChange();
  };
  return html`
    <button type="button" onClick=${() => ask(true)}>Cancel export ${id}</button>
    ${
      isAsked
        ? html`
            <${ConfirmDialog} title=${`Cancel export ${id}`} onClose=${() => ask(false)} onConfirm=${cancel}>
              <p>The objects that it has written so far are kept.</p>
            <//>
          `
        : null
    }
  `;
}
