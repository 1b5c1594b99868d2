/** Records and stories as texts for a terminal. What records hold may be hostile, so control characters are replaced. */

import { valueAt } from '../../domain/json.js';
import type { ShownRecord, ShownStory } from '../services/command-services.js';
import { table } from '../table.js';

const FROM = ['senderEnvelope', 'senderAddress', 'fromUserEmailAddress', 'from.emailAddress', 'user'];
const TO = ['recipients', 'recipient', 'recipientAddress', 'userEmailAddress', 'to.emailAddress'];
const ABOUT = ['subject', 'fileName', 'url', 'eventInfo', 'auditType'];
const LONGEST = 60;

/** One line: time, stream, what happened, from, to, about, id. */
export function recordText({ time, stream, id, record }: ShownRecord): string {
  const parts = [
    first(record, ['action', 'subType']),
    first(record, FROM),
    `→ ${first(record, TO)}`,
    first(record, ABOUT),
  ];
  return [time, stream, ...parts, id].join('  ');
}

export function storyText({ records, doubts, messageId, aggregateId }: ShownStory): string {
  const rows = records.map(({ time, stream, record, joinedBy, id }) => [
    ...[time, stream, first(record, ['action', 'subType', 'scanResult', 'reason'])],
    ...[first(record, FROM), first(record, TO), first(record, ABOUT), joinedBy, id],
  ]);
  const head = `Message ${safe(messageId ?? '-')}, aggregate ${safe(aggregateId ?? '-')}`;
  const body = table(['time', 'stream', 'action', 'from', 'to', 'about', 'joined by', 'id'], rows);
  return [head, body, ...doubts.map((doubt) => `! ${safe(doubt)}`)].join('\n');
}

function first(record: Readonly<Record<string, unknown>>, paths: readonly string[]): string {
  const values = paths.map((path) => valueAt(record, path.split('.')));
  const value = values.find((one) => typeof one === 'string' && one !== '');
  return typeof value === 'string' ? safe(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value) : '-';
}

/** Control characters, and marks that turn the direction of what follows. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function safe(text: string): string {
  return text.replace(UNSAFE, '\ufffd');
}
