/** Generated records of several streams, with their indicators, in a small world so that searches find some. */

import type { RecordDocument } from '../../src/domain/records/record.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { indicatorsOf } from '../../src/indicators/extract.js';
import { toDocument } from '../../src/records/document.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';
import type { SeededRandom } from './random.js';

export const DOMAINS = ['example.com', 'mail.example.com', 'example.net', 'bücher.example', 'evil.test'] as const;
export const PEOPLE = ['alice', 'bob', 'Carol.O', 'd-e_f'] as const;
export const WORDS = [
  'invoice',
  'Invoices',
  'overdue',
  'Größe',
  '日本',
  '$where',
  '100%',
  'a.b',
  '(x)',
  "don't",
] as const;
export const ADDRESSES = ['192.0.2.1', '192.0.2.77', '198.51.100.7', '2001:db8::1', '2001:DB8:0:0:0:0:0:2'] as const;
export const FILES = ['report.pdf', 'my report.PDF', 'run.exe'] as const;
const STREAM_CHOICE = ['receipt', 'process', 'av', 'url protect', 'dlp', 'hold', 'audit'] as const;

/** Times have few different values, so that many records share one. */
export interface WorldOptions {
  readonly beginMs: number;
  readonly spanMs: number;
  readonly sources?: number;
}

export interface StoredRecord {
  readonly stream: StreamName;
  readonly document: RecordDocument;
}

export function generatedRecord(random: SeededRandom, at: number, options: WorldOptions): StoredRecord {
  const stream = random.pick(STREAM_CHOICE);
  const sourceId = random.between(1, options.sources ?? 3);
  const time = new Date(options.beginMs + random.between(0, Math.floor(options.spanMs / 1_000)) * 1_000);
  const record = { ...contentOf(stream, random), at };
  return { stream, document: storedDocument(stream, record, sourceId, time) };
}

export function storedDocument(
  stream: StreamName,
  record: Readonly<Record<string, unknown>>,
  sourceId: number,
  time: Date,
): RecordDocument {
  const metadata = {
    sourceId,
    source: `source ${sourceId}`,
    collector: 'cloud',
    fields: { office: 'Berlin' },
    siemForward: false,
  };
  const id = identityOf(sourceId, stream, contentDigest(JSON.stringify(record)), 1);
  const document = toDocument({ ...record }, id, stream, metadata, new Date(time.getTime() + 5_000), time);
  return { ...document, _indicators: indicatorsOf(stream, record) };
}

function contentOf(stream: StreamName, random: SeededRandom): Record<string, unknown> {
  const email = () => `${random.pick(PEOPLE)}@${random.pick(DOMAINS)}`;
  const words = () =>
    Array.from({ length: random.between(1, 4) }, () => random.pick(WORDS)).join(random.pick([' ', ': ', '-']));
  const message = `<M${random.between(1, 30)}@${random.pick(DOMAINS)}>`;
  const common = { subject: random.pick([words(), words(), null]), messageId: message };
  const siem = {
    ...common,
    accountId: 'C1',
    aggregateId: `agg${random.between(1, 30)}`,
    senderEnvelope: email(),
    recipients: random.pick([email(), `${email()}, ${email()}`, `Bob <${email()}>`]),
  };
  if (stream === 'receipt')
    return {
      ...siem,
      senderIp: random.pick(ADDRESSES),
      action: random.pick(['Acc', 'Rej', 'Hld']),
      spamScore: random.pick(['0', '7', '12', null]),
      rejectionCode: random.pick([null, '550']),
    };
  if (stream === 'process')
    return {
      ...siem,
      attachments: random.pick([...FILES, `"${FILES[0]}", "${FILES[2]}"`, null]),
      emailSize: String(random.between(1, 5_000)),
    };
  if (stream === 'av')
    return {
      ...siem,
      fileName: random.pick(FILES),
      md5: random.pick(['d41d8cd98f00b204e9800998ecf8427e', 'D41D8CD98F00B204E9800998ECF8427F']),
      virusFound: random.pick(WORDS),
    };
  if (stream === 'url protect')
    return {
      ...siem,
      url: `https://${random.pick(DOMAINS)}/p?q=${random.between(1, 3)}`,
      sourceIp: random.pick(ADDRESSES),
    };
  if (stream === 'dlp')
    return { ...common, senderAddress: email(), recipientAddress: email(), policy: words(), action: 'hold' };
  if (stream === 'hold')
    return {
      subject: words(),
      from: { emailAddress: email(), displayableName: random.pick(WORDS) },
      size: random.between(1, 5_000),
      hasAttachments: random.next() < 0.5,
    };
  return {
    auditType: random.pick(['User Logged On', 'Folder Log']),
    user: email(),
    eventInfo: words(),
    tags: [random.between(1, 9), random.pick(WORDS)],
  };
}
