/** What comes with status 200 in place of a log file is a failed download: never stored, never taken for nothing. */

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RawError } from '../../../src/domain/failures/failure.js';
import { isSiemStream, SIEM_STREAMS, type SiemStream } from '../../../src/domain/streams/streams.js';
import { FILE_RETRY_BUDGETS } from '../../../src/ingest/files/file-retry-budget.js';
import type { FilePolicy } from '../../../src/ingest/source/file-policy.js';
import { vendorRecordOf } from '../../../src/records/document.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { CONTROL_RECORDS } from '../../support/control-records.js';
import { AV, FileApi, gzipOf, linesOf, type ServedFile } from '../../support/file-api.js';
import { raw } from '../../support/raw-collections.js';
import type { SimulatedSource, SourceOptions } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const LINES = 5;
const GOOD = gzipOf(...linesOf('a', LINES));

/** Given up at the second failure, also without another file that could be had. */
const QUICK_RULES: FilePolicy = {
  retryBudgets: { ...FILE_RETRY_BUDGETS, foreign: { attempts: 2, ms: 0, withoutControlMs: 0 } },
  reading: {},
};

/** A page of one file. */
async function pageOf(file: ServedFile, options: SourceOptions = {}, listing: object = { size: 100 }) {
  const api = await FileApi.open();
  const listed = { url: `${api.server?.url}/files/a.json.gz?sig=1`, ...listing };
  api.pages.set(undefined, { files: [listed], next: 'end', isCaughtUp: true });
  api.files.set('a.json.gz', file);
  return { api, source: await api.source(collections, options) };
}

const storedIn = (source: SimulatedSource, stream: SiemStream = 'av') =>
  raw(collections).records(stream).countDocuments({ _sourceId: source.id });
const quarantined = (source: SimulatedSource) => raw(collections).quarantine.find({ sourceId: source.id }).toArray();

function verify(source: SimulatedSource, stream: SiemStream = 'av') {
  const range = { from: new Date(0).toISOString(), to: new Date().toISOString(), kind: 'verify', run: 'r' } as const;
  return source.run(({ reread }, id) => reread(id, stream, range));
}

const OTHER_TYPE = '{"type":"delivery","aggregateId":"a","timestamp":1757310695432}';
const FOREIGN: readonly (readonly [string, string, RegExp])[] = [
  ['an empty object', '{}', /none of its lines is a record of av; the first one: it has no time/],
  ['msg', '{"msg":"Service temporarily unavailable"}', /it is an error: Service temporarily unavailable/],
  ['message', '{"message":"Endpoint request timed out"}', /it is an error: Endpoint request timed out/],
  ['fail[]', '{"fail":[{"code":"x","message":"it broke"}]}', /it is an error: it broke/],
  ['an error with a time', '{"timestamp":"2025-09-15T12:00:00Z","status":500,"path":"/x"}', /none of aggregateId/],
  ['an error over several lines', '{\n  "status": "down"\n}\n', /none of its lines/],
  ['several errors', '{"status":"down"}\n{"status":"down"}\n', /none of its lines/],
  ['a list', '[]', /not a JSON object but a list/],
  ['a list of records', `[{${AV},"timestamp":1}]`, /not a JSON object but a list/],
  ['null', 'null', /not a JSON object but null/],
  ['text', 'Service unavailable', /none of its lines is a record of av; the first one: not JSON/],
  ['text with a line end', 'Service unavailable\n', /not JSON/],
  ['a page', '<html><body>Proxy</body></html>', /it is a page/],
  ['nothing', '', /it is empty/],
  ['blanks', ' \t ', /it is empty/],
  ['blank lines', '\n\r\n\n', /it is empty/],
  ['records of another type', `${OTHER_TYPE}\n${OTHER_TYPE}\n`, /its type is delivery/],
];
const BODIES = FOREIGN.flatMap(([what, text, reason]) => [
  [what, Buffer.from(text), reason] as const,
  [`a gzip of ${what}`, gzipSync(text), reason] as const,
]);

test.each(BODIES)(
  '%s for a moment: told, asked again, and nothing but the true records stored',
  async (_, body, reason) => {
    const { api, source } = await pageOf(body);
    await expect(source.collect('av')).rejects.toMatchObject({
      facts: { origin: 'file', cause: 'unreadable', message: expect.stringMatching(reason) },
    });
    expect(await storedIn(source)).toBe(0);
    const checkpoint = await source.checkpoint('av');
    expect(checkpoint).not.toHaveProperty('pageToken');
    expect(checkpoint).toMatchObject({ filesDone: [], badFiles: [{ fault: 'foreign', attempts: 1 }] });
    const verified = await verify(source);
    expect(verified.counts).toMatchObject({ read: 0, unreadFiles: 1 });
    expect(verified.notes).toEqual([expect.stringMatching(reason)]);

    api.files.set('a.json.gz', GOOD);
    expect(await source.collect('av')).toMatchObject({
      result: 'caughtUp',
      totals: { stored: LINES, duplicates: 0, quarantined: 0 },
    });
    expect(await quarantined(source)).toEqual([]);
  },
);

test.each(BODIES)('%s for good: in quarantine as a whole', async (_, body, reason) => {
  const { source } = await pageOf(body, { fileRules: QUICK_RULES });
  await source.collect('av').catch(() => undefined);
  const outcome = await source.collect('av');
  expect(outcome).toMatchObject({ result: 'caughtUp', totals: { stored: 0, duplicates: 0, quarantined: 1 } });
  expect(outcome.unreadable).toMatch(reason);
  expect(await storedIn(source)).toBe(0);
  expect(await quarantined(source)).toMatchObject([
    { place: '/files/a.json.gz', size: 100, reason: expect.stringMatching(reason) },
  ]);
});

describe('what is kept of it', () => {
  test('is its text', async () => {
    const { source } = await pageOf(Buffer.from('{"msg":"later"}\n\nplease\n'), { fileRules: QUICK_RULES });
    await source.collect('av').catch(() => undefined);
    await source.collect('av');
    expect(await quarantined(source)).toMatchObject([{ text: '{"msg":"later"}\nplease' }]);
  });

  test('holds nothing that a rule hides, and so does what is reported', async () => {
    const filters = [{ filterType: 'Mask', name: 'm', regexp: '"message":"([^"]+)"', mask: '#' }];
    const config = { filters };
    const { source } = await pageOf(Buffer.from('{"message":"hush"}\nhush'), { fileRules: QUICK_RULES, config });
    await expect(source.collect('av')).rejects.toSatisfy((error: Error) => !error.message.includes('hush'));
    await source.collect('av');
    expect(JSON.stringify(await quarantined(source))).not.toContain('hush');
    expect(await quarantined(source)).toMatchObject([{ text: expect.stringContaining('{"message":"#"}') }]);
  });
});

test('a store that answers all files so is no control file', async () => {
  const fileRules = {
    ...QUICK_RULES,
    retryBudgets: { ...FILE_RETRY_BUDGETS, foreign: { attempts: 2, ms: 0, withoutControlMs: 1e9 } },
  };
  const api = await FileApi.open();
  api.pages.set(undefined, { files: ['a', 'b'], next: 'end', isCaughtUp: true });
  api.files.set('a', GOOD);
  api.files.set('b', Buffer.from('{"msg":"later"}'));
  const source = await api.source(collections, { fileRules });
  await source.collect('av');
  api.files.set('a', Buffer.from('{"msg":"later"}'));
  for (let n = 0; n < 3; n += 1) await expect(source.collect('av')).rejects.toBeInstanceOf(RawError);
  expect(await quarantined(source)).toEqual([]);
});

describe('a file without lines', () => {
  test.each<[string, Uint8Array, object]>([
    ['nothing, listed with 0 bytes', Buffer.alloc(0), { size: 0 }],
    ['a gzip of nothing, listed with 0 bytes', gzipSync(''), { size: 0 }],
    ['a gzip of nothing, listed without a size', gzipSync(''), {}],
  ])('is one: %s', async (_, body, listing) => {
    const { source } = await pageOf(body, {}, listing);
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', files: 1, totals: { stored: 0 } });
    expect(await quarantined(source)).toEqual([]);
  });
});

describe('a file of which some lines look like records', () => {
  const odd = (n: number) => `{"odd":${n}}`;

  test('is stored, odd lines included; what is not JSON alone is set aside', async () => {
    const { source } = await pageOf(gzipOf(odd(1), 'no JSON', OTHER_TYPE, ...linesOf('a', LINES), odd(2)));
    expect(await source.collect('av')).toMatchObject({
      result: 'caughtUp',
      totals: { stored: LINES + 3, quarantined: 1 },
    });
  });

  test('is stored also when more lines than are held come before the first of them, each once', async () => {
    const before = Array.from({ length: 2_500 }, (_, n) => odd(n));
    const { api, source } = await pageOf(gzipOf(...before, ...linesOf('a', LINES)));
    expect(await source.collect('av')).toMatchObject({
      result: 'caughtUp',
      totals: { stored: before.length + LINES, duplicates: 0, quarantined: 0 },
    });
    expect(api.downloaded).toHaveLength(2);
  });

  test('is not trusted blindly at its second reading', async () => {
    const before = Array.from({ length: 2_500 }, (_, n) => odd(n));
    const { api, source } = await pageOf((_, response) => {
      api.files.set('a.json.gz', Buffer.from('{"msg":"later"}'));
      response.end(gzipOf(...before, ...linesOf('a', LINES)));
    });
    await expect(source.collect('av')).rejects.toThrow(/none of its lines/);
    expect(await storedIn(source)).toBe(0);
  });

  test('and of more lines than are held none does: nothing is stored', async () => {
    const { source } = await pageOf(gzipOf(...Array.from({ length: 2_500 }, (_, n) => odd(n))));
    await expect(source.collect('av')).rejects.toThrow(/none of its lines/);
    expect(await storedIn(source)).toBe(0);
  });

  test('and that a rule excludes is a file all the same', async () => {
    const filters = [{ filterType: 'Exclude', name: 'e', regexp: '.*' }];
    const { source } = await pageOf(GOOD, { config: { filters } });
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', totals: { stored: 0, quarantined: 0 } });
  });
});

test.each(SIEM_STREAMS)('public samples of %s are stored as they are', async (stream) => {
  const lines = CONTROL_RECORDS.filter(([of]) => of === stream && isSiemStream(of)).map(([, line]) => line);
  for (const body of [gzipOf(...lines), Buffer.from(lines.join('\n'))]) {
    const { source } = await pageOf(body);
    expect(await source.collect(stream)).toMatchObject({ result: 'caughtUp', totals: { quarantined: 0 } });
    const stored = await raw(collections).records(stream).find({ _sourceId: source.id }).toArray();
    expect(stored).toHaveLength(lines.length);
    expect(stored.map(vendorRecordOf)).toEqual(expect.arrayContaining(lines.map((line) => JSON.parse(line))));
  }
});
