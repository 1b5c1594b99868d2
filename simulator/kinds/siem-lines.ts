/**
 * A message's SIEM records as lines of JSON, in the forms the API serves: batch files mostly say `type`/`subtype` and
 * carry `_offset` and `_partition`; the stream endpoint, and now and then a batch line, says `eventType`/`subType`.
 */
import type { SiemStream } from '../../src/domain/streams/streams.js';
import { type Message, randomFor } from '../mail/message.js';
import type { Random } from '../mail/random.js';
import type { Fields, SiemFields } from './kind.js';
import { delivery, journal, processed, receipt } from './mail-records.js';
import {
  antiVirus,
  attachmentProtect,
  impersonationProtect,
  internalEmailProtect,
  spam,
  urlProtect,
} from './protect-records.js';

/** Where the line is served: in a batch file, or as an event of the stream endpoint. */
export type LineForm = 'batch' | 'stream';

type Maker = (message: Message, random: Random, row: number) => SiemFields;

interface SiemKind {
  /** Keeps its randomness apart from that of the other kinds. */
  readonly purpose: number;
  readonly make: Maker;
  /** Which time of the message is the line's. */
  readonly at: keyof Message & `${string}At`;
  /** Several lines of a message are the same to the last byte. */
  readonly areTwins?: true;
}

const KINDS: Readonly<Record<SiemStream, SiemKind>> = {
  receipt: { purpose: 10, make: receipt, at: 'receivedAt' },
  process: { purpose: 11, make: processed, at: 'processedAt' },
  delivery: { purpose: 12, make: delivery, at: 'finishedAt' },
  journal: { purpose: 13, make: journal, at: 'processedAt', areTwins: true },
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

/** Fields as JSON without the braces: whoever joins texts needs no object of thirty fields for each line. */
function inner(fields: Fields): string {
  return JSON.stringify(fields).slice(1, -1);
}

/** All lines that the message leaves in the stream, without line ends. */
export function siemLines(message: Message, stream: SiemStream, form: LineForm): string[] {
  const rows = message.kind.lines[stream] ?? 0;
  if (rows === 0) return [];
  const { purpose, make, at, areTwins } = KINDS[stream];
  const random = randomFor(message, purpose);
  const asEvent = random.chance(EVENT_TYPE_SHARE) || form === 'stream';
  const time = timestamp(random, message[at]);
  const twins = areTwins && rows > 1;
  const { aggregateId, processingId, accountId, index } = message;
  const head = `{${inner({ aggregateId, processingId })}`;
  const [typeField, subtypeField] = asEvent ? ['eventType', 'subType'] : ['type', 'subtype'];
  const common = inner({ accountId, timestamp: time, [typeField]: stream });
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const { subtype, fields } = make(message, random, row);
    const place = asEvent || twins ? {} : { _offset: index * 8 + row, _partition: index % 16 };
    lines.push(`${head},${inner(fields)},${common},${inner({ [subtypeField]: subtype, ...place })}}`);
  }
  return lines;
}
