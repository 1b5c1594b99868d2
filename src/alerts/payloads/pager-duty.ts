/** Events of PagerDuty's Events API v2: an incident is triggered, and resolved by the same `dedup_key`. */

import { type AlertMessage, severityOf } from '../../domain/alerts/alert.js';
import type { PagerDutyTarget } from '../../domain/alerts/connection.js';
import { cut, detailOf, moreThan, sinceOf, summaryOf, whereOf, worstFirst } from './texts.js';

/** PagerDuty takes 1,024 characters of summary and 512 KB of event. */
const LONGEST_SUMMARY = 1_024;
const MOST_SHOWN = 50;

export function pagerDutyPayload(message: AlertMessage, { routingKey }: Pick<PagerDutyTarget, 'routingKey'>): object {
  const { alertId, kind, problems, at, id } = message;
  const event = { routing_key: routingKey, dedup_key: alertId };
  if (kind === 'resolved') return { ...event, event_action: 'resolve' };
  const [first] = problems;
  const shown = worstFirst(problems).slice(0, MOST_SHOWN);
  return {
    ...event,
    event_action: 'trigger',
    client: 'Mimecast Source',
    payload: {
      summary: cut(summaryOf(message), LONGEST_SUMMARY),
      source: first?.source ?? 'Mimecast Source',
      severity: kind === 'test' ? 'info' : severityOf(problems).toLowerCase(),
      timestamp: first?.since ?? at,
      component: first?.subject,
      group: first?.collector,
      class: first?.eventName,
      custom_details: {
        notification: id,
        problems: [
          ...shown.map((problem) => `${whereOf(problem)}: ${problem.title}, ${sinceOf(problem)}: ${detailOf(problem)}`),
          ...moreThan(shown.length, problems.length),
        ],
      },
    },
  };
}
