/** What the API shows and takes of detections. */

import { z } from 'zod';
import { EXPORT_FORMATS } from '../../detections/exports.js';
import { DETECTION_ACTIONS, DETECTION_KINDS, SEVERITIES } from '../../domain/detections/detection.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { parseTime } from '../../management/common/parse-time.js';
import { idText, pageQuery } from '../common/common-schemas.js';

const kind = z.enum(DETECTION_KINDS);
const severity = z.enum(SEVERITIES);
const stream = z.enum(STREAMS);
const time = z.iso.datetime();

export const detection = z
  .object({
    id: z.string().describe('The record’s, 32 hexadecimal digits'),
    stream,
    collection: z.string(),
    sourceId: z.number().int(),
    source: z.string().optional(),
    collector: z.string().optional(),
    time,
    receivedAt: time,
    kind,
    severity,
    action: z.enum(DETECTION_ACTIONS).optional().describe('What Mimecast did about it'),
    vendorAction: z.string().optional().describe('The same in Mimecast’s own word'),
    sender: z.string().optional().describe('Of the envelope'),
    headerSender: z.string().optional().describe('Of the header From'),
    recipients: z.array(z.string()).optional(),
    subject: z.string().optional(),
    messageId: z.string().optional().describe('Without angle brackets'),
    direction: z.enum(['inbound', 'outbound', 'internal']).optional(),
    senderIp: z.string().optional(),
    url: z.string().optional(),
    category: z.string().optional().describe('What Mimecast files the URL under'),
    fileName: z.string().optional(),
    fileExtension: z.string().optional(),
    fileType: z.string().optional(),
    fileSize: z.number().int().optional().describe('Bytes'),
    md5: z.string().optional(),
    sha1: z.string().optional(),
    sha256: z.string().optional(),
    policy: z.string().optional().describe('The policy or definition that applied'),
    reason: z.string().optional().describe('What was found, in Mimecast’s words'),
    accountId: z.string().optional(),
    aggregateId: z.string().optional().describe('What ties all records of one message, within an account'),
    indicators: z
      .array(
        z.object({
          type: z.enum(['url', 'sha256', 'sha1', 'md5', 'file', 'ip4', 'ip6', 'email']),
          value: z.string(),
        }),
      )
      .optional()
      .describe('The most telling first'),
  })
  .meta({ id: 'Detection' });

export const detectionPage = z.object({
  data: z.array(detection),
  next: z.string().optional().describe('Absent at the end'),
  readTo: time.optional().describe('The time down to which was looked, when that ended before the page was full'),
});

export const detectionCounts = z
  .object({
    since: time,
    until: time,
    widthMs: z.number().int().describe('Each count is of this much time, beginning with its `time`'),
    counts: z.array(z.object({ time, kind, severity, count: z.number().int() })),
    uncounted: z.array(stream).describe('Streams that could not be counted in time'),
  })
  .meta({ id: 'DetectionCounts' });

/** Some of these words, with commas. */
const someOf = <T extends string>(words: readonly T[]) =>
  z
    .string()
    .regex(new RegExp(`^(${words.join('|')})(,(${words.join('|')}))*$`), `must be of: ${words.join(', ')}`)
    .transform((text) => words.filter((word) => text.split(',').includes(word)))
    .optional()
    .describe(`With commas: ${words.join(', ')}`);

const when = z
  .string()
  .max(40)
  .transform((text) => new Date(parseTime(text, Date.now()) ?? Number.NaN))
  .refine((date) => !Number.isNaN(date.getTime()), { error: 'must be an ISO time, or an age such as 7d' })
  .optional();

const indexed = {
  kind: someOf(DETECTION_KINDS),
  severity: someOf(SEVERITIES),
  sourceId: idText.optional(),
  since: when.describe('Begin of the records’ own times, included: an ISO time, or an age such as 7d'),
  until: when.describe('Their end, not included: the same'),
};
const part = (what: string) =>
  z.string().min(1).max(1_000).optional().describe(`Part of ${what}; upper and lower case are the same`);
const wanted = {
  ...indexed,
  action: someOf(DETECTION_ACTIONS),
  sender: part('the sender’s address'),
  recipient: part('a recipient’s address'),
  subject: part('the subject'),
};

export const countsQuery = z.strictObject(indexed);
export const listQuery = z.strictObject({ ...wanted, ...pageQuery.shape });
export const exportQuery = z.strictObject({ ...wanted, format: z.enum(EXPORT_FORMATS).default('json') });
