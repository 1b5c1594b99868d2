/** The mail that is sent, as plain text. */

import type { AlertMessage } from '../../domain/alerts/alert.js';
import { cut, detailOf, moreThan, sinceOf, summaryOf, whereOf, worstFirst } from './texts.js';

const MOST_SHOWN = 100;
const LONGEST_SUBJECT = 200;

export interface Mail {
  readonly subject: string;
  readonly text: string;
  /** Of the same message always the same. */
  readonly messageId: string;
  /** Of the mail that this one belongs to. */
  readonly inReplyTo?: string;
}

export function mailOf(message: AlertMessage, connection: string): Mail {
  const { id, alertId, kind, problems } = message;
  const summary = summaryOf(message);
  const shown = worstFirst(problems).slice(0, MOST_SHOWN);
  const parts = shown.map((problem) =>
    [`${whereOf(problem)}`, `${problem.severityLevel}: ${problem.title}`, sinceOf(problem), detailOf(problem)].join(
      '\n',
    ),
  );
  return {
    subject: cut(`[Mimecast Source] ${summary}`, LONGEST_SUBJECT),
    text: [
      summary,
      ...parts,
      ...moreThan(shown.length, problems.length),
      `Sent by the alert connection "${connection}". Notification ${id}.`,
      '',
    ].join('\n\n'),
    messageId: idOf(id),
    ...(kind === 'resolved' ? { inReplyTo: idOf(alertId) } : {}),
  };
}

function idOf(id: string): string {
  return `<${id}@mimecast-source.invalid>`;
}
