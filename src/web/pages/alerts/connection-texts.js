/** What pages say of alert connections. */

import { counted } from '../../lib/format.js';

/**
 * @typedef {object} Connection
 * @property {string} id
 * @property {string} name
 * @property {keyof typeof TYPES} type
 * @property {boolean} isEnabled
 * @property {'Warning' | 'Error'} severityLevel
 * @property {readonly number[]} [collectorIds] absent: all
 * @property {string} groupingWindow
 * @property {Record<string, unknown>} target what may be seen of it
 * @property {Delivery} delivery
 */

/**
 * @typedef {object} Delivery
 * @property {string} [lastAcceptedAt]
 * @property {string} [problem]
 * @property {string} [pausedUntil]
 * @property {number} pending
 * @property {number} undelivered
 */

export const TYPES = /** @type {const} */ ({
  webhook: 'Webhook',
  slack: 'Slack',
  pagerDuty: 'PagerDuty',
  email: 'E-mail',
});

/** @param {Connection} connection where it leads, as far as it may be seen */
export function targetText({ type, target }) {
  if (type !== 'email') return String(target['host'] ?? '');
  const { to, host } = target;
  return `${Array.isArray(to) ? to.join(', ') : ''} by ${host}`;
}

/** @param {Connection} connection */
export function toldText({ severityLevel, collectorIds }) {
  const what = severityLevel === 'Error' ? 'errors' : 'errors and warnings';
  return collectorIds === undefined
    ? `${what} of all collectors`
    : `${what} of ${counted(collectorIds.length, 'collector')}`;
}

/** @param {Delivery} delivery of one without trouble */
export function fineText({ lastAcceptedAt }) {
  return lastAcceptedAt === undefined ? 'nothing sent yet' : 'fine';
}

/** @param {Delivery} delivery what keeps messages from arriving */
export function troubleTexts({ problem, pending, undelivered }) {
  return [
    ...(problem === undefined ? [] : [`The last message was not accepted: ${problem}`]),
    ...(problem === undefined || pending === 0 ? [] : [`${counted(pending, 'message waits', 'messages wait')}.`]),
    ...(undelivered === 0 ? [] : [`${counted(undelivered, 'message was', 'messages were')} given up.`]),
  ];
}
