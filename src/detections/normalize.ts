/** A stored record as a detection. */

import { isIP } from 'node:net';
import type { Detection, Indicator } from '../domain/detections/detection.js';
import { type DetectionStream, type FieldMap, ruleOf } from '../domain/detections/rule.js';
import { DETECTION_TABLE } from '../domain/detections/table.js';
import { present } from '../domain/present.js';
import type { RecordDocument } from '../domain/records/record.js';
import { definitionOf, type StreamName } from '../domain/streams/streams.js';
import { actionOf, addressesOf, directionOf, hashOf, ipOf, messageIdOf, sizeOf, textOf } from './values.js';

const BY_STREAM: ReadonlyMap<StreamName, DetectionStream> = new Map(DETECTION_TABLE.map((one) => [one.stream, one]));

/** @returns `undefined` for a record that is an event. */
export function detectionOf(stream: StreamName, record: RecordDocument): Detection | undefined {
  const entry = BY_STREAM.get(stream);
  const rule = entry && ruleOf(entry.rules, record);
  if (entry === undefined || rule === undefined || rule.kind === 'event') return undefined;
  const { kind, severity } = rule;
  const told = partsIn(entry, record);
  const indicators = indicatorsOf(told);
  return present({
    id: record._id.toString('hex'),
    stream,
    collection: definitionOf(stream).collection,
    sourceId: record._sourceId,
    source: textOf(record._source),
    collector: textOf(record._collector),
    time: record._messageTime.toISOString(),
    receivedAt: record._receiptTime.toISOString(),
    kind,
    severity,
    ...told,
    indicators: indicators.length === 0 ? undefined : indicators,
  });
}

function partsIn({ fields, action, checks }: DetectionStream, record: RecordDocument) {
  /** The first of the keys that holds something usable. */
  const first = <T>(part: keyof FieldMap, read: (value: unknown) => T | undefined): T | undefined => {
    for (const key of fields[part] ?? []) {
      const value = Object.hasOwn(record, key) ? read(record[key]) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const addresses = (value: unknown) => {
    const found = addressesOf(value);
    return found.length === 0 ? undefined : found;
  };
  const vendorAction = first('action', textOf);
  return present({
    action: action ?? actionOf(vendorAction),
    vendorAction,
    sender: first('sender', addresses)?.[0],
    headerSender: first('headerSender', addresses)?.[0],
    recipients: first('recipients', addresses),
    subject: first('subject', textOf),
    messageId: first('messageId', messageIdOf),
    direction: first('direction', directionOf),
    senderIp: first('senderIp', ipOf),
    url: first('url', textOf),
    category: first('category', textOf),
    fileName: first('fileName', textOf),
    fileExtension: first('fileExtension', textOf),
    fileType: first('fileType', textOf),
    fileSize: first('fileSize', sizeOf),
    md5: first('md5', (value) => hashOf('md5', value)),
    sha1: first('sha1', (value) => hashOf('sha1', value)),
    sha256: first('sha256', (value) => hashOf('sha256', value)),
    policy: first('policy', textOf),
    reason: first('reason', textOf) ?? checksIn(checks ?? [], record),
    accountId: first('accountId', textOf),
    aggregateId: first('aggregateId', textOf),
  });
}

function checksIn(checks: readonly string[], record: RecordDocument): string | undefined {
  const positive = checks.filter(
    (name) => Object.hasOwn(record, name) && (record[name] === 'true' || record[name] === true),
  );
  return positive.length === 0 ? undefined : positive.join(', ');
}

function indicatorsOf(told: ReturnType<typeof partsIn>): Indicator[] {
  const { url, sha256, sha1, md5, fileName, senderIp, sender } = told;
  const found: readonly (readonly [Indicator['type'], string | undefined])[] = [
    ['url', url],
    ['sha256', sha256],
    ['sha1', sha1],
    ['md5', md5],
    ['file', fileName],
    [isIP(senderIp ?? '') === 6 ? 'ip6' : 'ip4', senderIp],
    ['email', sender],
  ];
  return found.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]));
}
