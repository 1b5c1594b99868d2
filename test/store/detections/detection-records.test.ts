/** Records that are detections, found and counted on a real server; what each reads for it is measured there. */

import { isDeepStrictEqual } from 'node:util';
import type { Document } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { detectionOf } from '../../../src/detections/normalize.js';
import { DETECTION_KINDS, SEVERITIES } from '../../../src/domain/detections/detection.js';
import { partsOf, ruleOf, type WantedRules } from '../../../src/domain/detections/rule.js';
import { DETECTION_TABLE } from '../../../src/domain/detections/table.js';
import type { RecordDocument } from '../../../src/domain/records/record.js';
import { STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import type { DetectionRange } from '../../../src/store/detections/detection-conditions.js';
import { countDetections } from '../../../src/store/detections/detection-counts.js';
import { DETECTION_INDEXES } from '../../../src/store/detections/detection-indexes.js';
import { detectionRecords, type RecordPosition } from '../../../src/store/detections/detection-records.js';
import { TimeBudget } from '../../../src/store/search/time-budget.js';
import { DETECTED, document, EVENTS, type Fields } from '../../detections/sample-records.js';
import { collectionsIn, raw, withMethods } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const START = Date.UTC(2025, 0, 1);
const at = (minute: number) => new Date(START + minute * 60_000);

const detectedOf = (stream: StreamName) => DETECTED.filter(([one]) => one === stream).map(([, fields]) => fields);
const eventsOf = (stream: StreamName) => EVENTS.filter(([, one]) => one === stream).map(([, , fields]) => fields);

/** The rare ones of a stream among its detections. */
const RARE: Readonly<Partial<Record<StreamName, Fields>>> = {
  'impersonation protect': { taggedMalicious: 'true' },
  'url protect': { action: 'Warn' },
  'ttp url': { scanResult: 'malicious', action: 'allow' },
};

const TOTAL = 20_000;
/** The number of sources; the last one has few records. */
const SOURCES = 40;

/** Where detections are few, every 50th is one; of these every 40th is of the rare kind, as are those elsewhere. */
function fieldsAt(stream: StreamName, n: number): Fields {
  const [plain = {}] = detectedOf(stream);
  const events = eventsOf(stream);
  if (events.length > 0 && stream !== 'internal email protect' && n % 50 !== 0) return events[n % events.length] ?? {};
  return RARE[stream] !== undefined && n % 2_000 === 0 ? { ...plain, ...RARE[stream] } : plain;
}

const sourceOf = (n: number) => (n % 400 === 0 ? SOURCES : n % (SOURCES - 1)) + 1;

const stored = new Map<StreamName, RecordDocument[]>();

beforeAll(async () => {
  await collections.ensureIndexes();
  for (const [order, stream] of STREAMS.entries()) {
    const documents = Array.from({ length: TOTAL }, (_, n) =>
      // Two in the same millisecond, now and then.
      document(n * 32 + order, fieldsAt(stream, n), { time: at(n - (n % 3 === 2 ? 1 : 0)), sourceId: sourceOf(n) }),
    );
    stored.set(stream, documents);
    await raw(collections).records(stream).insertMany(documents);
  }
});

const hex = (record: RecordDocument) => record._id.toString('hex');

/** The same by looking at each. */
function expected(wanted: WantedRules, { since, until, sourceId }: DetectionRange): string[] {
  const parts = partsOf(DETECTION_TABLE, wanted);
  return parts
    .flatMap(({ stream, rules, wanted: rulesWanted }) =>
      (stored.get(stream) ?? []).filter((record) => {
        const rule = ruleOf(rules, record);
        return (
          rulesWanted.some((one) => one === rule) &&
          (since === undefined || record._messageTime >= since) &&
          (until === undefined || record._messageTime < until) &&
          (sourceId === undefined || record._sourceId === sourceId)
        );
      }),
    )
    .sort((a, b) => b._messageTime.getTime() - a._messageTime.getTime() || (hex(a) < hex(b) ? 1 : -1))
    .map(hex);
}

const CASES: readonly (readonly [string, WantedRules, DetectionRange])[] = [
  ['all', {}, {}],
  ['of an hour', {}, { since: at(9_000), until: at(9_060) }],
  ['of a source', {}, { sourceId: 5 }],
  ['of a source with few', {}, { sourceId: SOURCES + 1 }],
  ['critical ones', { severities: ['critical'] }, {}],
  ['high and critical ones', { severities: ['high', 'critical'] }, {}],
  ['critical ones of a source', { severities: ['critical'] }, { sourceId: SOURCES + 1 }],
  ['malicious impostors', { kinds: ['impersonation'], severities: ['high'] }, {}],
  ['other impostors', { kinds: ['impersonation'], severities: ['medium'] }, {}],
  ['links with a warning', { kinds: ['url'], severities: ['medium'] }, {}],
  ['links of a source', { kinds: ['url'] }, { sourceId: 9 }],
  ...DETECTION_KINDS.map((kind) => [`kind ${kind}`, { kinds: [kind] }, {}] as const),
  ...SEVERITIES.map((severity) => [`severity ${severity}`, { severities: [severity] }, { until: at(12_000) }] as const),
];

describe.each(CASES)('%s', (_, wanted, range) => {
  const parts = partsOf(DETECTION_TABLE, wanted);

  test('page by page, newest first, each once', async () => {
    const all = expected(wanted, range);
    const found: string[] = [];
    let behind: RecordPosition | undefined;
    // The first thousand show the order; beyond, it is only more of it.
    while (found.length < Math.min(all.length, 1_000)) {
      const page = await detectionRecords(collections, parts, { ...range, behind, limit: 130 });
      if (page.length === 0) break;
      for (const { stream, record } of page) {
        expect(detectionOf(stream, record)).toBeDefined();
        found.push(hex(record));
        behind = { time: record._messageTime, id: hex(record) };
      }
    }
    expect(found).toEqual(all.slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(Math.min(all.length, 1_000));
  });

  test('reads few keys and documents for each', async () => {
    for (const limit of [50, 500]) {
      const { found, keys, documents } = await measured(() =>
        detectionRecords(collections, parts, { ...range, limit }),
      );
      // A look into each index finds out that there are none.
      const most = 10 * Math.max(found.length, parts.length);
      expect({
        limit,
        found: found.length,
        keys: keys <= most,
        documents: documents <= most,
        read: [keys, documents],
      }).toEqual({ limit, found: found.length, keys: true, documents: true, read: [keys, documents] });
    }
  });

  test('counted over time', async () => {
    const since = range.since ?? at(0);
    const widthMs = 3_600_000;
    const request = { ...range, since, widthMs, budget: new TimeBudget(10_000) };
    const { counts, uncounted } = await countDetections(collections, parts, request);
    expect(uncounted).toEqual([]);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(expected(wanted, { ...range, since }).length);
  });
});

test('each index that only detections have serves one of these searches', async () => {
  const receipts = raw(collections).records('receipt');
  const rejected = Array.from({ length: 400 }, (_, n) =>
    document(800_000_000 + n * 32, { rejectionType: 'Virus Signature Detection' }, { sourceId: (n % SOURCES) + 1 }),
  );
  await receipts.insertMany(rejected);
  for (const [, wanted, range] of CASES)
    for (const sourceId of [range.sourceId, 5, SOURCES + 1])
      await detectionRecords(collections, partsOf(DETECTION_TABLE, wanted), { ...range, sourceId, limit: 50 });
  const unused: string[] = [];
  for (const [name, indexes] of Object.entries(DETECTION_INDEXES)) {
    const stats = await db
      .collection(name)
      .aggregate([{ $indexStats: {} }])
      .toArray();
    for (const { key } of indexes) {
      const uses = stats.filter((one) => isDeepStrictEqual(one.key, key)).map(({ accesses }) => Number(accesses.ops));
      if (!uses.some((count) => count > 0)) unused.push(`${name} ${JSON.stringify(key)}`);
    }
  }
  await receipts.deleteMany({ _id: { $in: rejected.map(({ _id }) => _id) } });
  expect(unused).toEqual([]);
});

test('what cannot be counted in time is named', async () => {
  const parts = partsOf(DETECTION_TABLE, { kinds: ['spam'] });
  const refused = await db
    .collection('mimecast_spam_logs_v2')
    .find({ $where: 'sleep(50) || true' }, { maxTimeMS: 1 })
    .toArray()
    .catch((error: unknown) => error);
  const slow = { aggregate: () => ({ toArray: () => Promise.reject(refused) }) };
  const { counts, uncounted } = await countDetections(
    withMethods(collections, /spam/, () => slow),
    parts,
    { since: at(0), widthMs: 60_000, budget: new TimeBudget(10_000) },
  );
  expect({ counts, uncounted }).toEqual({ counts: [], uncounted: ['spam'] });
});

test('a condition on values of other types finds at most what turns out to be an event', async () => {
  const odd: Fields[] = [[], ['Block'], {}, null, 7, true, 'Block ', ['true']].flatMap((value) => [
    { action: value, taggedMalicious: value, virusFound: value, scanResult: value, scanResults: value },
  ]);
  const { records } = raw(collections);
  for (const { stream } of DETECTION_TABLE)
    await records(stream).insertMany(odd.map((fields, n) => document(900_000_000 + n * 32, fields, { sourceId: 999 })));
  const found = await detectionRecords(collections, partsOf(DETECTION_TABLE, {}), { sourceId: 999, limit: 1_000 });
  for (const { stream } of DETECTION_TABLE) {
    const told = odd.filter((fields) => detectionOf(stream, document(1, fields)) !== undefined).length;
    expect(
      found.filter((one) => one.stream === stream && detectionOf(stream, one.record)),
      stream,
    ).toHaveLength(told);
    await records(stream).deleteMany({ _sourceId: 999 });
  }
});

/** What the server reads for some work, as its profiler tells it. */
async function measured<T>(work: () => Promise<T>) {
  await db.setProfilingLevel('off');
  await db.dropCollection('system.profile').catch(() => undefined);
  await db.setProfilingLevel('all');
  const found = await work();
  await db.setProfilingLevel('off');
  const read = await db
    .collection<Document>('system.profile')
    .find({ ns: /mimecast_/ })
    .toArray();
  const sum = (key: string) => read.reduce((total, one) => total + Number(one[key] ?? 0), 0);
  const sorting = read.filter(({ hasSortStage }) => hasSortStage === true);
  expect(sorting.map(({ ns, command, docsExamined }) => ({ ns, filter: command.filter, docsExamined }))).toEqual([]);
  return { found, keys: sum('keysExamined'), documents: sum('docsExamined') };
}
