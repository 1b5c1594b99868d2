/** Verify and backfill: started here, followed while they run, with their results. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';
import { mayChange } from '../../lib/session.js';
import { RereadDialog } from './reread-dialog.js';
import { KINDS } from './reread-kinds.js';
import { RereadReport } from './reread-report.js';
import { Section } from './section.js';

const RUNNING_MS = 2_000;
const ENDED_MS = 15_000;

/** @typedef {import('./reread-kinds.js').Reread} Reread */

/** @param {{ path: string, streams: readonly string[] }} props */
export function Rereads({ path, streams }) {
  const [isRunning, setRunning] = useState(false);
  const [asked, ask] = useState(/** @type {Reread['kind'] | undefined} */ (undefined));
  /** @type {import('../../lib/load.js').Loaded<Reread[]>} */
  const { data, error, reload } = useLoaded(
    async (signal) => {
      /** @type {{ rereads: Reread[] }} */
      const { rereads } = await get(`${path}/rereads`, { signal });
      setRunning(rereads.some(({ state }) => state === 'RUNNING' || state === 'UNKNOWN'));
      return rereads;
    },
    [path],
    { everyMs: isRunning ? RUNNING_MS : ENDED_MS },
  );
  const kinds = /** @type {const} */ (['verify', 'backfill']);
  return html`
    <${Section} id="rereads" title="Verify and backfill">
      <p class="muted">
        <em>Verify</em>: ${KINDS.verify.does}. <em>Backfill</em>: ${KINDS.backfill.does}. Collection continues meanwhile.
      </p>
      <${Problem} error=${error} onRetry=${reload} />
      ${data === undefined && error === undefined ? html`<p role="status">Loading…</p>` : null}
      <div class="two">
        ${kinds.map((kind) => {
          const last = data?.find((reread) => reread.kind === kind);
          const isBusy = last?.state === 'RUNNING';
          return html`
            <section class="stack" key=${kind} aria-label=${KINDS[kind].title}>
              <div class="row spread">
                <h3>${KINDS[kind].title}</h3>
                ${
                  mayChange()
                    ? html`<button type="button" aria-disabled=${isBusy} onClick=${() => !isBusy && ask(kind)}>
                        ${KINDS[kind].title}…
                      </button>`
                    : null
                }
              </div>
              ${
                data === undefined
                  ? null
                  : last === undefined
                    ? html`<p class="muted">None has been run yet.</p>`
                    : html`<${RereadReport} path=${path} reread=${last} onChange=${reload} />`
              }
            </section>
          `;
        })}
      </div>
      ${
        asked === undefined
          ? null
          : html`
              <${RereadDialog}
                kind=${asked}
                path=${path}
                streams=${streams}
                onClose=${() => ask(undefined)}
                onStarted=${() => {
                  ask(undefined);
                  return reload();
                }}
              />
            `
      }
    <//>
  `;
}
