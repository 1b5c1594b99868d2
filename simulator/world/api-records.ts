/** Audit events, DLP logs and held messages: the records of the JSON endpoints under `/api`. */
import { AUDIT_CATEGORIES, DLP_ACTIONS, DLP_POLICIES, STAFF } from './corpus.js';
import { type Fields, holdReasonOf } from './mail-records.js';
import { type Message, randomFor } from './message.js';
import type { Random } from './random.js';

export const API_STREAMS = ['audit', 'dlp', 'hold'] as const;
export type ApiStream = (typeof API_STREAMS)[number];

const PURPOSE: Readonly<Record<ApiStream, number>> = { audit: 30, dlp: 31, hold: 32 };
/** Now and then a row's time carries another offset than +0000, as seen in a public collector's samples. */
const OTHER_OFFSET_SHARE = 1 / 15;

/** `2025-09-01T12:00:00+0000`: second resolution, offset without a colon. */
export function apiTime(epochMs: number, offsetHours = 0): string {
  const local = new Date(Math.floor(epochMs / 1000) * 1000 + offsetHours * 3_600_000).toISOString().slice(0, 19);
  return `${local}${offsetHours < 0 ? '-' : '+'}${String(Math.abs(offsetHours)).padStart(2, '0')}00`;
}

function audit(message: Message, random: Random): Fields[] {
  const [, category, types] = random.pick(AUDIT_CATEGORIES);
  const auditType = random.pick(types);
  const [first, last] = random.pick(STAFF);
  const user = random.chance(0.1) ? '' : `${first}.${last}@${message.accountId.toLowerCase()}.test`.toLowerCase();
  const date = new Date(message.finishedAt).toISOString();
  return [
    {
      id: `eNq${random.id(246)}`,
      auditType,
      user,
      eventTime: apiTime(message.finishedAt),
      eventInfo: `${auditType} for ${user || 'unknown'}, Date: ${date.slice(0, 10)}, Time: ${date.slice(11, 19)}+0000, IP: ${message.senderIp}, Application: Administration Console`,
      category,
    },
  ];
}

function dlp(message: Message, random: Random): Fields[] {
  const policy = random.pick(DLP_POLICIES);
  const eventTime = apiTime(message.finishedAt, random.chance(OTHER_OFFSET_SHARE) ? 7 : 0);
  const first = random.int(0, DLP_ACTIONS.length - 1);
  return Array.from({ length: message.kind.rows.dlp ?? 0 }, (_, row) => ({
    senderAddress: message.sender.address,
    recipientAddress: message.recipients[0]?.address ?? '',
    subject: message.subject,
    eventTime,
    route: message.kind.route,
    policy,
    action: DLP_ACTIONS[(first + row) % DLP_ACTIONS.length],
    messageId: message.messageId,
  }));
}

function hold(message: Message, random: Random): Fields[] {
  const [, reasonCode, reason, policyInfo] = holdReasonOf(message);
  const to = message.recipients[0];
  const from = { emailAddress: message.sender.address, displayableName: message.sender.name };
  return [
    {
      id: `eNo${random.id(180)}`,
      reason,
      reasonId: reasonCode.toUpperCase(),
      reasonCode,
      from,
      fromHeader: random.chance(0.2) ? { ...from, displayableName: 'Chief Executive' } : from,
      to: { emailAddress: to?.address ?? '', displayableName: to?.name ?? '' },
      subject: message.subject,
      route: message.kind.route.toUpperCase(),
      hasAttachments: message.attachments.length > 0,
      size: message.size,
      dateReceived: apiTime(message.finishedAt),
      policyInfo,
    },
  ];
}

const MAKERS: Readonly<Record<ApiStream, (message: Message, random: Random) => Fields[]>> = { audit, dlp, hold };

/** The message's records in the stream, as compact JSON. */
export function apiRecords(message: Message, stream: ApiStream): string[] {
  if (!message.kind.rows[stream]) return [];
  return MAKERS[stream](message, randomFor(message, PURPOSE[stream])).map((record) => JSON.stringify(record));
}
