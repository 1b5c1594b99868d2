/** How requests to webhooks are signed, so that the other side can tell who sent them and when. */

import { createHmac } from 'node:crypto';

/** `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>", hexadecimal>` */
export const SIGNATURE_HEADER = 'mimecast-source-signature';

/** @param now epoch milliseconds. */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
