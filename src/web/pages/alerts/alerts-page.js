/** All alert connections: where people are told of health events, and whether that arrives. */

import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get, messageOf, send } from '../../lib/api.js';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { useLoaded } from '../../lib/load.js';
import { tellDone, tellFailed } from '../../lib/notices.js';
import { mayChange } from '../../lib/session.js';
import { ConnectionDialog } from './connection-dialog.js';
import { fineText, TYPES, targetText, toldText, troubleTexts } from './connection-texts.js';

/** @typedef {import('./connection-texts.js').Connection} Connection */

const AGAIN_MS = 5_000;

export function AlertsPage() {
  if (!mayChange()) return html`<h1>Alerts</h1><p role="status">Only administrators see where alerts are sent.</p>`;
  return html`<${Connections} />`;
}

function Connections() {
  const { data, error, isLoading, reload } = useLoaded((signal) => get('/connections', { signal }), [], {
    everyMs: AGAIN_MS,
  });
  const [isCreating, setCreating] = useState(false);
  const [editing, setEditing] = useState(/** @type {Connection | undefined} */ (undefined));
  const [deleting, setDeleting] = useState(/** @type {Connection | undefined} */ (undefined));
  /** @type {readonly Connection[]} */
  const connections = data?.data ?? [];
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  const perform = async (/** @type {() => Promise<unknown>} */ work) => {
    try {
      await work();
    } catch (cause) {
      tellFailed(messageOf(cause));
    }
    await reload();
  };
  const actions = {
    onTest: (/** @type {Connection} */ { id, name }) =>
      perform(async () => {
        const { isAccepted, answer } = await send('POST', `/connections/${id}/test`);
        (isAccepted ? tellDone : tellFailed)(`Test of ${name}: ${answer}`);
      }),
    onSwitch: (/** @type {Connection} */ { id, isEnabled }) =>
      perform(() => send('PATCH', `/connections/${id}`, { isEnabled: !isEnabled })),
    onEdit: setEditing,
    onDelete: setDeleting,
  };
  const remove = async (/** @type {Connection} */ { id, name }) => {
    setDeleting(undefined);
    await perform(async () => {
      await send('DELETE', `/connections/${id}`);
      tellDone(`The alert connection ${name} was deleted.`);
    });
  };
  return html`
    <div class="row spread">
      <h1>Alerts</h1>
      <button type="button" class="primary" onClick=${() => setCreating(true)}>New alert connection</button>
    </div>
    <p class="hint">Where people are told when a source has a problem, and when it has ended.</p>
    <${Problem} error=${error} onRetry=${reload} />
    <div ref=${box} role="region" aria-label="Alert connections" tabindex="-1">
      ${
        connections.length > 0
          ? html`<${Table} connections=${connections} actions=${actions} />`
          : html`<p role="status">${data === undefined ? (isLoading ? 'Loading …' : '') : 'Nobody is told of problems yet.'}</p>`
      }
    </div>
    ${isCreating ? html`<${ConnectionDialog} onClose=${() => setCreating(false)} onDone=${reload} />` : null}
    ${editing === undefined ? null : html`<${ConnectionDialog} connection=${editing} onClose=${() => setEditing(undefined)} onDone=${reload} />`}
    ${
      deleting === undefined
        ? null
        : html`
            <${ConfirmDialog} title="Delete alert connection" action="Delete" isDangerous onClose=${() => setDeleting(undefined)} onConfirm=${() => remove(deleting)}>
              <p>Delete <strong><${Foreign} text=${deleting.name} /></strong>, and the messages that wait for it?</p>
            <//>
          `
    }
  `;
}

/** @typedef {Record<'onTest' | 'onSwitch' | 'onEdit' | 'onDelete', (connection: Connection) => unknown>} Actions */

/** @param {{ connections: readonly Connection[], actions: Actions }} props */
function Table({ connections, actions }) {
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Name</th><th>Type</th><th>To</th><th>What is told</th><th>Last accepted</th><th>Deliveries</th>
            <th><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${connections.map((connection) => html`<${Row} key=${connection.id} connection=${connection} actions=${actions} />`)}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {{ connection: Connection, actions: Actions }} props */
function Row({ connection, actions }) {
  const { name, type, isEnabled, delivery } = connection;
  const [isTesting, setTesting] = useState(false);
  const test = async () => {
    setTesting(true);
    await actions.onTest(connection);
    setTesting(false);
  };
  const troubles = troubleTexts(delivery);
  const state = isEnabled ? (troubles.length === 0 ? fineText(delivery) : troubles.join(' ')) : 'disabled';
  return html`
    <tr>
      <th scope="row"><${Foreign} text=${name} /></th>
      <td>${TYPES[type]}</td>
      <td><${Foreign} text=${targetText(connection)} /></td>
      <td>${toldText(connection)}</td>
      <td><${Time} at=${delivery.lastAcceptedAt} none="never" /></td>
      <td class=${isEnabled && troubles.length > 0 ? 'warn foreign' : 'foreign'}>${state}</td>
      <td class="row">
        <button type="button" aria-label=${`Test ${name}`} aria-disabled=${isTesting} onClick=${() => (isTesting ? undefined : test())}>Test</button>
        <button type="button" aria-label=${`${isEnabled ? 'Disable' : 'Enable'} ${name}`} onClick=${() => actions.onSwitch(connection)}>
          ${isEnabled ? 'Disable' : 'Enable'}
        </button>
        <button type="button" aria-label=${`Edit ${name}`} onClick=${() => actions.onEdit(connection)}>Edit</button>
        <button type="button" class="danger" aria-label=${`Delete ${name}`} onClick=${() => actions.onDelete(connection)}>Delete</button>
      </td>
    </tr>
  `;
}
