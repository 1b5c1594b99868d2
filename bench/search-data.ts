/** Generated records of all collections, so many as a search may have to do with. */

import type { RecordDocument } from '../src/domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../src/domain/streams/streams.js';
import { indicatorsOf } from '../src/indicators/extract.js';
import { toDocument } from '../src/records/document.js';
import { identityOf } from '../src/records/identity.js';
import type { Collections } from '../src/store/collections.js';
import { insertRecords } from '../src/store/records.js';
import { noteFilledIn } from '../test/support/filled-in.js';
import { SeededRandom } from '../test/support/random.js';
import { databaseOf } from '../test/support/raw-collections.js';

export const ANCHOR = Date.UTC(2026, 0, 1);
export const DAYS_MS = 30 * 86_400_000;
export const SOURCES = 50;
/** Over all collections; each takes its part in one insert. */
const BATCH = 14_000;

/** The same for each number of records. Indexes are made afterward, which is much quicker than to let them grow. */
export async function fill(collections: Collections, count: number, say: (text: string) => void): Promise<void> {
  const random = new SeededRandom(1);
  let storing: Promise<unknown> = Promise.resolve();
  for (let begin = 0; begin < count; begin += BATCH) {
    const batches = new Map<StreamName, RecordDocument[]>(STREAMS.map((stream) => [stream, []]));
    for (let at = begin; at < Math.min(count, begin + BATCH); at += 1) {
      const stream = random.pick(STREAMS);
      batches.get(stream)?.push(documentOf(random, stream, at, count));
    }
    // The next ones are made while these are stored.
    await storing;
    storing = Promise.all([...batches].map(([stream, documents]) => insertRecords(collections, stream, documents)));
    if (begin % (BATCH * 10) === 0) say(`${begin} of ${count} records stored`);
  }
  await storing;
  say('making the indexes');
  await collections.ensureIndexes();
  await noteFilledIn(collections);
}

export async function storedRecords(collections: Collections): Promise<number> {
  const db = databaseOf(collections);
  const counts = STREAMS.map((stream) => db.collection(definitionOf(stream).collection).estimatedDocumentCount());
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

function documentOf(random: SeededRandom, stream: StreamName, at: number, count: number): RecordDocument {
  const person = () => (random.next() < 0.5 ? `common${random.between(1, 9)}` : `rare${random.between(1, 50_000)}`);
  const record = {
    at,
    subject: random.next() < 0.00001 ? 'a needle' : 'hay',
    accountId: 'C1',
    aggregateId: `agg${Math.floor(at / 3)}`,
    messageId: `<m${Math.floor(at / 3)}@example.com>`,
    senderEnvelope: `${person()}@out${random.between(1, 500)}.example`,
    recipients: `${person()}@example.com`,
    senderIp: `10.${random.between(0, 3)}.${random.between(0, 255)}.${random.between(1, 254)}`,
    fileName: `file${random.between(1, 100_000)}.pdf`,
  };
  const metadata = {
    sourceId: random.between(1, SOURCES),
    source: 'bench',
    collector: 'bench',
    fields: {},
    siemForward: false,
  };
  const time = new Date(ANCHOR + Math.floor((at / count) * DAYS_MS));
  const document = toDocument(record, identityOf(1, stream, String(at), 1), stream, metadata, time, time);
  return { ...document, _indicators: indicatorsOf(stream, record) };
}
