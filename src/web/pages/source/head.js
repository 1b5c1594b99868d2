/** What the source is, how it does, and what can be asked of it. */

import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { CopyButton } from '../../components/copy-button.js';
import { Time } from '../../components/time.js';
import { duration } from '../../lib/format.js';
import { mayChange } from '../../lib/session.js';
import { Actions } from './actions.js';
import { Lifecycle } from './lifecycle.js';
import { Problems } from './problems.js';
import { Fact } from './section.js';

/** @type {Readonly<Record<string, string>>} */
const HEALTH_CLASS = { Healthy: 'good', Warning: 'warn', Error: 'bad' };

/**
 * @param {object} props
 * @param {import('./types.js').SourceDetails} props.details
 * @param {string} props.path of the source in the API
 * @param {() => Promise<void>} props.onChange
 */
export function Head({ details, path, onChange }) {
  const { source, view, workflowUrl } = details;
  const { state } = source.state;
  const workflowId = useRef(/** @type {HTMLElement | null} */ (null));
  return html`
    <nav aria-label="Breadcrumb" class="muted">
      <a href="/">Collection</a> / <span class="foreign">${source.collectorName}</span>
    </nav>
    <div class="row spread">
      <div class="row">
        <h1 class="foreign">${source.name}</h1>
        <span class=${`badge ${state === 'Error' ? 'bad' : ''}`}>${state}</span>
        <span class=${`badge ${HEALTH_CLASS[source.health] ?? 'muted'}`}>Health: ${source.health}</span>
      </div>
      ${mayChange() ? html`<${Actions} path=${path} name=${source.name} state=${state} onChange=${onChange} />` : null}
    </div>
    <${Problems} details=${details} />
    <section class="card stack" aria-label="State">
      <${Lifecycle} state=${state} stage=${view?.stage} />
      <p class="sentence">
        ${view === undefined ? `${state}.` : html`${view.sentence} In this state since <${Time} at=${view.since} />.`}
      </p>
      <dl class="facts">
        <${Fact} name="Last record"><${Time} at=${source.lastEventTime} relative none="none yet" /><//>
        ${
          view === undefined
            ? null
            : html`
                <${Fact} name="Polled every">${duration(view.pollIntervalMs)}<//>
                <${Fact} name="Next poll"><${Time} at=${view.nextPollAt} relative /><//>
                <${Fact} name="Started"><${Time} at=${view.startedAt} /><//>
                <${Fact} name="Restarts">${view.restarts}<//>
                <${Fact} name="Configuration version">${view.version === 0 ? 'not validated yet' : view.version}<//>
              `
        }
        <${Fact} name="Source ID">${source.id}<//>
        <${Fact} name="Workflow">
          <span class="row tight">
            ${
              workflowUrl === undefined
                ? html`<code class="foreign" ref=${workflowId}>${source.workflowId}</code>`
                : html`<a class="foreign" href=${workflowUrl} target="_blank" rel="noreferrer"
                    ><code ref=${workflowId}>${source.workflowId}</code> in the Temporal Web UI</a
                  >`
            }
            <${CopyButton} text=${source.workflowId} label="Copy the workflow ID" shown=${() => workflowId.current} />
          </span>
        <//>
      </dl>
    </section>
  `;
}
