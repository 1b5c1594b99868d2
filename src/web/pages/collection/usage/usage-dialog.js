/** What programs need to work with a source, and Restart Source. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../../../components/confirm-dialog.js';
import { Copyable } from '../../../components/copy-button.js';
import { Dialog } from '../../../components/dialog.js';
import { Problem } from '../../../components/problem.js';
import { get } from '../../../lib/api.js';
import { useLoaded } from '../../../lib/load.js';
import { mayChange } from '../../../lib/session.js';
import { ACTIONS, act, pathOf } from '../actions.js';
import { commandsFor } from './commands.js';

/**
 * @param {object} props
 * @param {import('../collection-data.js').Source} props.source
 * @param {() => void} props.onClose
 */
export function UsageDialog({ source, onClose }) {
  const [isAsking, setAsking] = useState(false);
  const file = useLoaded((signal) => get(`${pathOf(source)}?download=true`, { signal }), [source.id]);
  const details = useLoaded((signal) => get(`/sources/${source.id}`, { signal }), [source.id]);
  const restart = () => {
    onClose();
    void act(ACTIONS.restart, source);
  };
  const footer = mayChange()
    ? html`<button type="button" class="primary" onClick=${() => setAsking(true)}>Restart Source</button>`
    : undefined;
  return html`
    <${Dialog} title="API usage information" wide onClose=${onClose} footer=${footer}>
      <dl class="identifiers">
        <${Identifier} label="Source" value=${source.name} />
        <${Identifier} label="Source ID" value=${source.id} />
        <${Identifier} label="Collector" value=${source.collectorName} />
        <${Identifier} label="Collector ID" value=${source.collectorId} />
        <${Identifier} label="Workflow ID" value=${source.workflowId} />
      </dl>
      ${Object.entries(commandsFor(source, location.origin, details.data?.temporal)).map(
        ([kind, commands]) => html`
          <details key=${kind} open=${kind === 'curl'}>
            <summary>${kind}</summary>
            ${kind === 'Temporal' ? html`<${Problem} error=${details.error} onRetry=${details.reload} />` : null}
            ${commands.map(([label, text]) => html`<${Copyable} key=${label} label=${label} text=${text} />`)}
          </details>
        `,
      )}
      <details>
        <summary>JSON</summary>
        <${Problem} error=${file.error} onRetry=${file.reload} />
        ${
          file.data === undefined
            ? null
            : html`<${Copyable} label="Configuration, without the secret" text=${JSON.stringify(file.data, null, 2)} />`
        }
      </details>
      ${
        isAsking
          ? html`
              <${ConfirmDialog} title="Restart Source" onClose=${() => setAsking(false)} onConfirm=${restart}>
                <p>Restart <strong class="foreign">${source.name}</strong>? ${ACTIONS.restart.asks}</p>
              <//>
            `
          : null
      }
    <//>
  `;
}

/** @param {{ label: string, value: string | number }} props */
function Identifier({ label, value }) {
  return html`<div><dt>${label}</dt><dd class="foreign">${value}</dd></div>`;
}
