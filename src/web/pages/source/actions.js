/** The buttons of an administrator. They all stay where they are; those that cannot be used now say so. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { messageOf, send } from '../../lib/api.js';
import { tellDone, tellFailed } from '../../lib/notices.js';

/** @type {readonly { action: string, label: string, whileStopped?: boolean, question?: string }[]} */
const ACTIONS = [
  { action: 'collectNow', label: 'Collect now' },
  {
    action: 'restart',
    label: 'Restart Source',
    question:
      'The source validates its configuration, gets a new token, and resumes from its checkpoints. Nothing is lost or stored twice.',
  },
  {
    action: 'stop',
    label: 'Stop Source',
    question:
      'The source completes what it is doing and then collects nothing until it is started again. Its configuration and checkpoints are kept.',
  },
  { action: 'start', label: 'Start Source', whileStopped: true },
];

/** Whether a source ends or has ended. @param {string} state */
export function isLeaving(state) {
  return ['Stopping', 'Stopped', 'Deleted'].includes(state);
}

/**
 * Asks something of a source, and tells at the bottom left what came of it.
 *
 * @param {string} path of the source in the API
 * @param {string} action
 * @param {unknown} [body]
 */
export async function perform(path, action, body) {
  try {
    const { message } = await send('POST', `${path}/action/${action}`, body);
    tellDone(message);
  } catch (error) {
    tellFailed(messageOf(error));
  }
}

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {string} props.name
 * @param {string} props.state
 * @param {() => Promise<void>} props.onChange
 */
export function Actions({ path, name, state, onChange }) {
  const [asked, ask] = useState(/** @type {typeof ACTIONS[number] | undefined} */ (undefined));
  const act = async (/** @type {string} */ action) => {
    await perform(path, action);
    await onChange();
  };
  const isUsable = (/** @type {typeof ACTIONS[number]} */ { whileStopped = false }) =>
    whileStopped ? state === 'Stopped' : !isLeaving(state);
  return html`
    <div class="row" role="group" aria-label="Actions">
      ${ACTIONS.map(
        (each) => html`
          <button
            type="button"
            key=${each.action}
            aria-disabled=${!isUsable(each)}
            onClick=${() => {
              if (!isUsable(each)) return;
              if (each.question === undefined) void act(each.action);
              else ask(each);
            }}
          >
            ${each.label}
          </button>
        `,
      )}
    </div>
    ${
      asked === undefined
        ? null
        : html`
            <${ConfirmDialog}
              title=${asked.label}
              onClose=${() => ask(undefined)}
              onConfirm=${() => {
                ask(undefined);
                return act(asked.action);
              }}
            >
              <p class="foreign"><strong>${name}</strong></p>
              <p>${asked.question}</p>
            <//>
          `
    }
  `;
}
