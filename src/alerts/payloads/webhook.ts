/** The JSON that a webhook gets: every problem with all that is known of it. */

import { type AlertMessage, severityOf } from '../../domain/alerts/alert.js';
import { summaryOf } from './texts.js';

export function webhookPayload(message: AlertMessage, connection: string): object {
  const { id, alertId, kind, at, problems } = message;
  return {
    ...{ id, alertId, type: kind, time: at, connection, summary: summaryOf(message) },
    severityLevel: problems.length === 0 ? undefined : severityOf(problems),
    healthEvents: problems,
  };
}
