import { expect, test } from 'vitest';
import { collectorDatabase } from '../support/collector-database.js';
import { AV } from '../support/file-api.js';
import { serve } from '../support/local-server.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();
const { quarantine } = raw(collections);

test('a line that is no record is kept exactly once, and the lines around it are stored', async () => {
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'file', times: 2, action: { malformedLine: 1 } });
  const held = await source.held('receipt');
  const first = await source.collect('receipt');
  const totals = { stored: sizeOf(held), duplicates: 0 };
  // Two files had the same broken line: it has one identity, and is kept once.
  expect(first).toMatchObject({ result: 'caughtUp', totals: { ...totals, quarantined: 1 } });
  expect(await source.stored('receipt')).toEqual(held);
  const [kept, ...more] = await quarantine.find({ sourceId: source.id }).toArray();
  expect(more).toEqual([]);
  expect(kept).toMatchObject({
    stream: 'receipt',
    reason: expect.stringMatching(/^not JSON/),
    place: expect.stringMatching(/^\/.*\.json\.gz line \d+$/),
    text: '{"type":"receipt","subject":"cut off in the mid',
    size: 47,
  });
  expect(kept?.place).not.toMatch(/[?&]|X-Amz/);

  await source.fault({ endpoint: 'file', times: -1, action: { malformedLine: 1 } });
  await source.meddle('receipt', { $set: { filesDone: [] }, $unset: { pageToken: true } });
  expect(await source.collect('receipt')).toMatchObject({
    counts: { stored: 0, quarantined: 0, duplicates: sizeOf(held) },
  });
  expect(await quarantine.countDocuments({ sourceId: source.id })).toBe(1);
});

const LARGE = `{"big":[${'1,'.repeat(2_000_000)}1]}`;

test.each<[string, string, RegExp]>([
  ['text', 'Service unavailable', /not JSON/],
  ['a list', '[1]', /not a JSON object but a list/],
  ['a record that is nested too deep', `{"a":${'['.repeat(120)}${']'.repeat(120)}}`, /nested deeper/],
  ['a record that is larger as a document than it can be', LARGE, /too large/],
  ['a record that the driver cannot write', '{"a":{"_bsontype":"Code"}}', /_bsontype/],
  ['a line longer than a document can be', `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`, /longer than a document can be/],
])('%s does not stop a stream', async (_, bad, reason) => {
  const source = await simulatedSource(collections);
  const store = await serve(
    (_, response) => void response.end(`{${AV},"timestamp":0,"n":1}\n${bad}\n{${AV},"timestamp":0,"n":2}\n`),
  );
  const body = { value: [{ url: `${store.url}/file.json.gz?signature=x` }], isCaughtUp: true, '@nextPage': 'x' };
  await source.fault({ endpoint: 'batch', action: { status: 200, body } });
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { stored: 2, quarantined: 1 } });
  const kept = await quarantine.findOne({ sourceId: source.id });
  expect(kept?.reason).toMatch(reason);
  expect(kept?.size).toBeGreaterThanOrEqual(Buffer.byteLength(bad));
  expect(kept?.text).toContain(bad.slice(0, 20).replace(/^\{(.*)\}?$/, '$1'));
  expect(await raw(collections).records('av').distinct('n', { _sourceId: source.id })).toEqual([1, 2]);
});

test('an entry of a file list that names no file is kept, and the others are collected', async () => {
  const source = await simulatedSource(collections);
  const body = { value: [{ size: 5 }, null], isCaughtUp: true, '@nextPage': 'x' };
  await source.fault({ endpoint: 'batch', action: { status: 200, body } });
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { stored: 0, quarantined: 2 } });
  const reasons = await quarantine.distinct('reason', { sourceId: source.id });
  expect(reasons).toEqual(['not a file: the entry has no usable url']);
});

test('an entry of a page that is no record is kept once, however often the window is read', async () => {
  const source = await simulatedSource(collections);
  const data = [{ id: 'a', eventTime: '2025-09-15T12:00:00+0000' }, 'odd', { eventTime: 'none' }];
  await source.fault({
    endpoint: 'audit',
    times: -1,
    action: { status: 200, body: { meta: { status: 200 }, data, fail: [] } },
  });
  const first = await source.collect('audit');
  expect(first).toMatchObject({ result: 'caughtUp', totals: { stored: 2, quarantined: 1 } });
  expect(await source.collect('audit')).toMatchObject({
    counts: { stored: 0, quarantined: 0 },
    totals: { stored: 2, quarantined: 1 },
  });
});
