/** Sends one message to one target. */

import type { AlertMessage } from '../domain/alerts/alert.js';
import { secretsOf, type Target } from '../domain/alerts/connection.js';
import { SIGNATURE_HEADER, signatureOf } from '../http-client/signature.js';
import type { SendAccess } from './delivery-error.js';
import { sendMail } from './mail.js';
import { mailOf } from './payloads/email.js';
import { pagerDutyPayload } from './payloads/pager-duty.js';
import { slackPayload } from './payloads/slack.js';
import { webhookPayload } from './payloads/webhook.js';
import { post } from './post.js';

/** Beside the signature, for those who drop what they know without reading the body. */
export const NOTIFICATION_HEADER = 'mimecast-source-notification';

export interface Sending extends SendAccess {
  /** Name of the connection. */
  readonly connection: string;
  readonly signal: AbortSignal;
}

/** @returns what the target answered. @throws DeliveryError, and the reason of the signal once that is aborted. */
export async function send(target: Target, message: AlertMessage, sending: Sending): Promise<string> {
  const { connection, signal, ...access } = sending;
  const secrets = secretsOf(target);
  switch (target.type) {
    case 'webhook': {
      const body = JSON.stringify(webhookPayload(message, connection));
      const headers = {
        [SIGNATURE_HEADER]: signatureOf(target.secret, body, Date.now()),
        [NOTIFICATION_HEADER]: message.id,
      };
      return post({ url: target.url, body, headers, secrets }, access, signal);
    }
    case 'slack':
      return post({ url: target.url, body: JSON.stringify(slackPayload(message)), secrets }, access, signal);
    case 'pagerDuty': {
      const enqueue = (sent: AlertMessage) =>
        post({ url: target.url, body: JSON.stringify(pagerDutyPayload(sent, target)), secrets }, access, signal);
      const answer = await enqueue(message);
      // A test must not leave an incident behind.
      if (message.kind === 'test') await enqueue({ ...message, kind: 'resolved' });
      return answer;
    }
    case 'email':
      return sendMail(target, mailOf(message, connection), access, signal);
  }
}
