/**
 * A message's SIEM records as lines of JSON, in the forms the API serves: batch files mostly say `type`/`subtype` and
 * carry `_offset` and `_partition`; the stream endpoint, and now and then a batch line, says `eventType`/`subType`.
 */
import type { SiemStream } from '../../src/domain/streams/streams.js';
import { delivery, type Fields, journal, processed, receipt } from './mail-records.js';
import { type Message, randomFor } from './message.js';
import {
  antiVirus,
  attachmentProtect,
  impersonationProtect,
  internalEmailProtect,
  spam,
  urlProtect,
} from './protect-records.js';
import type { Random } from './random.js';

/** Where the line is served: in a batch file, or as an event of the stream endpoint. */
export type LineForm = 'batch' | 'stream';

type Maker = (message: Message, random: Random, row: number) => Fields;

const MAKERS: Readonly<Record<SiemStream, { purpose: number; make: Maker; at: keyof Message & `${string}At` }>> = {
  receipt: { purpose: 10, make: receipt, at: 'receivedAt' },
  process: { purpose: 11, make: processed, at: 'processedAt' },
  delivery: { purpose: 12, make: delivery, at: 'finishedAt' },
  journal: { purpose: 13, make: journal, at: 'processedAt' },
  av: { purpose: 14, make: antiVirus, at: 'processedAt' },
  spam: { purpose: 15, make: spam, at: 'processedAt' },
  'internal email protect': { purpose: 16, make: internalEmailProtect, at: 'finishedAt' },
  'impersonation protect': { purpose: 17, make: impersonationProtect, at: 'processedAt' },
  'url protect': { purpose: 18, make: urlProtect, at: 'finishedAt' },
  'attachment protect': { purpose: 19, make: attachmentProtect, at: 'processedAt' },
};

const EVENT_TYPE_SHARE = 1 / 12;
const DIGIT_STRING_SHARE = 0.05;
const ISO_SHARE = 0.02;

function timestamp(random: Random, epochMs: number): unknown {
  const draw = random.float();
  if (draw < DIGIT_STRING_SHARE) return String(epochMs);
  return draw < DIGIT_STRING_SHARE + ISO_SHARE ? new Date(epochMs).toISOString() : epochMs;
}

/** All lines that the message leaves in the stream, without line ends. */
export function siemLines(message: Message, stream: SiemStream, form: LineForm): string[] {
  const rows = message.kind.rows[stream] ?? 0;
  if (rows === 0) return [];
  const { purpose, make, at } = MAKERS[stream];
  const random = randomFor(message, purpose);
  const asEvent = random.chance(EVENT_TYPE_SHARE) || form === 'stream';
  const time = timestamp(random, message[at]);
  const twins = stream === 'journal' && rows > 1;
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const { subtype, ...fields } = make(message, random, row);
    const record: Fields = { aggregateId: message.aggregateId, processingId: message.processingId, ...fields };
    record.accountId = message.accountId;
    record.timestamp = time;
    record[asEvent ? 'eventType' : 'type'] = stream;
    record[asEvent ? 'subType' : 'subtype'] = subtype;
    if (!asEvent && !twins) {
      record._offset = message.index * 8 + row;
      record._partition = message.index % 16;
    }
    lines.push(JSON.stringify(record));
  }
  return lines;
}
