/** What can be done to sources from here; each tells at the bottom left how it ended. */

import { call, get, messageOf, send } from '../../lib/api.js';
import { tellDone, tellFailed } from '../../lib/notices.js';

/** @typedef {Pick<import('./collection-data.js').Source, 'id' | 'name' | 'collectorId'>} Target */

/** @param {Target} target */
export function pathOf({ id, collectorId }) {
  return `/collectors/${collectorId}/sources/${id}`;
}

/**
 * @typedef {object} Action
 * @property {string} label
 * @property {string} done what is told of several of them, after their number
 * @property {string} [asks] what it does, where it has to be confirmed
 * @property {boolean} [isDangerous]
 * @property {(target: Target) => Promise<string>} run returns what is told when it succeeded
 */

/** @param {string} action */
const steering = (action) => async (/** @type {Target} */ target) => {
  const { message } = await send('POST', `${pathOf(target)}/action/${action}`);
  return `${target.name}: ${message}`;
};

/** @type {Readonly<Record<'restart' | 'collectNow' | 'stop' | 'start' | 'test' | 'remove', Action>>} */
export const ACTIONS = {
  restart: {
    label: 'Restart',
    done: 'restarts were initiated',
    asks: 'It validates the configuration, gets a new token, and resumes where collection stopped.',
    run: steering('restart'),
  },
  collectNow: { label: 'Collect now', done: 'sources are polling now', run: steering('collectNow') },
  stop: {
    label: 'Stop',
    done: 'stops were initiated',
    asks: 'Nothing is collected until it is started again. Configuration and positions are kept.',
    run: steering('stop'),
  },
  start: { label: 'Start', done: 'sources are being started', run: steering('start') },
  test: { label: 'Test connection', done: 'connection tests passed', run: testConnection },
  remove: {
    label: 'Delete',
    done: 'sources were deleted or are stopping',
    asks: 'It is stopped, and then its configuration, secret and positions are deleted. Its records are kept.',
    isDangerous: true,
    run: remove,
  },
};

/** @param {Target} target */
async function remove(target) {
  const status = await deleteAt(pathOf(target));
  return status === 202 ? `${target.name} is stopping and will then be deleted.` : `${target.name} was deleted.`;
}

/** @param {string} path @returns {Promise<number>} 200, or 202 while it goes on */
async function deleteAt(path) {
  return (await call('DELETE', path)).status;
}

/** With what is saved. @param {Target} target */
async function testConnection(target) {
  const { source } = await get(`${pathOf(target)}?download=true`);
  const trial = await send('POST', `/collectors/${target.collectorId}/sources/validate`, {
    source: { ...source, id: target.id },
  });
  const { isPassed, text } = trialText(trial, source.config.export !== undefined);
  if (!isPassed) throw new Error(text);
  return `${target.name}: ${text}`;
}

/** @typedef {{ ok: boolean, ms: number, bucket?: string, proxy?: string, errorCode?: string, errorInfo?: string }} ConnectionResult */

/**
 * @typedef {object} Trial the answer of `validate`
 * @property {boolean} valid
 * @property {string[]} mistakes
 * @property {ConnectionResult} [connection]
 * @property {ConnectionResult} [export]
 */

/**
 * @param {Trial} trial
 * @param {boolean} hasExport whether the configuration has one
 * @returns {{ isPassed: boolean, text: string }} what is told of its connections, or why it would not work
 */
export function trialText({ valid, mistakes, connection, export: toBucket }, hasExport) {
  if (!valid) return { isPassed: false, text: mistakes.join('; ') };
  const texts = [connectionText(connection), ...(hasExport ? [exportText(toBucket)] : [])];
  return { isPassed: connection?.ok !== false && toBucket?.ok !== false, text: texts.join(' ') };
}

/** @param {ConnectionResult | undefined} connection */
function connectionText(connection) {
  if (connection === undefined) return 'It is valid. The credentials of the workers cannot be tested from here.';
  const { bucket } = connection;
  return resultText(
    connection,
    bucket === undefined ? 'Mimecast issued a token' : `The bucket ${bucket} can be listed`,
  );
}

/** @param {ConnectionResult | undefined} toBucket */
function exportText(toBucket) {
  if (toBucket === undefined) return 'Export: the credentials of the workers cannot be tested from here.';
  return `Export: ${resultText(toBucket, `the bucket ${toBucket.bucket} can be written to`)}`;
}

/** @param {ConnectionResult} result @param {string} success */
function resultText({ ok, ms, proxy, errorCode, errorInfo }, success) {
  if (!ok) return `${errorCode}: ${errorInfo}`;
  return `${success} (${ms} ms${proxy === undefined ? '' : `, via the proxy ${proxy}`}).`;
}

/** @param {Action} action @param {Target} target @returns {Promise<boolean>} whether it succeeded */
export async function act(action, target) {
  try {
    tellDone(await action.run(target));
    return true;
  } catch (error) {
    tellFailed(`${action.label} failed. ${target.name}: ${messageOf(error)}`);
    return false;
  }
}

const AT_ONCE = 4;

/** The same to several; one notice for all that succeeded and one for all that did not. @param {Action} action @param {readonly Target[]} targets */
export async function actOnAll(action, targets) {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    await act(action, only);
    return;
  }
  const waiting = [...targets];
  /** @type {string[]} */
  const failures = [];
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const { name } = target;
      await action.run(target).catch((error) => failures.push(`${name}: ${messageOf(error)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const done = targets.length - failures.length;
  if (done > 0) tellDone(`${done} ${action.done}.`);
  if (failures.length > 0)
    tellFailed(`${action.label} failed for ${failures.length} of ${targets.length}. ${failures.join(' ')}`);
}

/** @param {import('./collection-data.js').Collector} collector */
export async function removeCollector({ id, name }) {
  try {
    const status = await deleteAt(`/collectors/${id}`);
    tellDone(status === 202 ? `The collector ${name} is being deleted.` : `The collector ${name} was deleted.`);
  } catch (error) {
    tellFailed(`The collector ${name} was not deleted. ${messageOf(error)}`);
  }
}
