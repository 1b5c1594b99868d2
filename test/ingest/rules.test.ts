/** Processing rules on the way from Mimecast to the store. */

import { describe, expect, test } from 'vitest';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { vendorRecordOf } from '../../src/records/document.js';
import { MASKED_TEXT_KEY } from '../../src/records/ruled-record.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();

const WHO = ['senderEnvelope', 'user', 'senderAddress', 'reason'] as const;

const withRules = (filters: readonly unknown[], more = {}) =>
  simulatedSource(collections, { config: { filters, ...more } });

const documentsOf = (source: SimulatedSource, stream: StreamName) =>
  raw(collections).records(stream).find({ _sourceId: source.id }).toArray();

/** The same as the stored text would be, were it not for the rules. */
async function unruled(stream: StreamName): Promise<Record<string, unknown>[]> {
  const source = await simulatedSource(collections);
  await source.collectAll(stream);
  return (await documentsOf(source, stream)).map(vendorRecordOf);
}

describe.each(['receipt', 'audit', 'dlp', 'hold'] as const)('%s', (stream) => {
  test('an Exclude of everything stores nothing, and counts what it left out once', async () => {
    const source = await withRules([{ filterType: 'Exclude', name: 'all', regexp: '(?s).*' }]);
    const held = sizeOf(await source.held(stream));
    await source.collectAll(stream);
    const { ruled, totals } = await source.collectAll(stream);
    expect(await documentsOf(source, stream)).toEqual([]);
    expect(totals?.stored).toBe(0);
    expect(ruled).toEqual({ excluded: held, masked: 0, hashed: 0, broken: 0 });
    expect(await source.checkpoint(stream)).toMatchObject({ ruled });
  });

  test('a Mask and a Hash change what they capture, and the identities stay', async () => {
    const filters = [
      { filterType: 'Mask', name: 'who', regexp: `"(?:${WHO.join('|')})":"([^"]+)"`, mask: 'hidden' },
      { filterType: 'Hash', name: 'subjects', regexp: '"subject":"((?:[^"\\\\]|\\\\.)+)"' },
    ];
    const source = await withRules(filters, { hashAlgorithm: 'SHA-256' });
    const { ruled } = await source.collectAll(stream);
    const documents = await documentsOf(source, stream);
    expect(documents).toHaveLength(sizeOf(await source.held(stream)));
    const shown = WHO.flatMap((key) => documents.flatMap(({ [key]: value }) => (value ? [value] : [])));
    expect(shown.filter((value) => value !== 'hidden')).toEqual([]);
    const plain = await unruled(stream);
    const subjects = plain.flatMap(({ subject }) => (typeof subject === 'string' && subject !== '' ? [subject] : []));
    for (const { subject } of documents) if (subject) expect(subject).toMatch(/^[0-9a-f]{64}$/);
    expect(ruled?.hashed ?? 0).toBe(subjects.length);
    expect(ruled?.masked ?? 0).toBeGreaterThan(0);
    // The same bytes were received, so reading them again stores nothing.
    expect((await source.collectAll(stream)).counts.stored).toBe(0);
  });
});

test('a mask that breaks the JSON leaves the masked text, and is counted', async () => {
  const source = await withRules([{ filterType: 'Mask', name: 'careless', regexp: '("subject":")', mask: '#' }]);
  const { ruled, totals } = await source.collectAll('receipt');
  const documents = await documentsOf(source, 'receipt');
  expect(totals).toMatchObject({ stored: sizeOf(await source.held('receipt')), quarantined: 0 });
  const broken = documents.filter((document) => MASKED_TEXT_KEY in document);
  expect(broken.length).toBeGreaterThan(0);
  expect(ruled).toMatchObject({ broken: broken.length });
  for (const document of broken) {
    expect(document[MASKED_TEXT_KEY]).not.toContain('"subject":"');
    expect(vendorRecordOf(document)).toEqual({});
  }
});

test('what is no record is masked in quarantine as well, in its text and in its reason', async () => {
  const source = await withRules([{ filterType: 'Mask', name: 'all', regexp: '(?s)(.+)' }]);
  await source.fault({ endpoint: 'file', times: 1, action: { malformedLine: 1 } });
  await source.collectAll('receipt');
  const entries = await raw(collections).quarantine.find({ sourceId: source.id }).toArray();
  expect(entries).toHaveLength(1);
  const plain = await simulatedSource(collections);
  await plain.fault({ endpoint: 'file', times: 1, action: { malformedLine: 1 } });
  await plain.collectAll('receipt');
  const [clear] = await raw(collections).quarantine.find({ sourceId: plain.id }).toArray();
  expect(clear?.text.length).toBeGreaterThan(3);
  expect(JSON.stringify(entries)).not.toContain(clear?.text);
});

test('a line that breaks off within a file is hidden as a whole', async () => {
  const source = await withRules([{ filterType: 'Mask', name: 'subjects', regexp: '"subject":"([^"]*)"' }]);
  await source.fault({ endpoint: 'file', times: 1, action: { malformedLine: 1 } });
  await source.collectAll('receipt');
  const entries = await raw(collections).quarantine.find({ sourceId: source.id }).toArray();
  expect(entries).toMatchObject([{ text: '#', reason: 'not JSON as received' }]);
});

test('verify and backfill judge by the same rules: what is excluded is not missing', async () => {
  const source = await withRules([{ filterType: 'Include', name: 'some', regexp: '.*"timestamp":\\d*[02468],.*' }]);
  await source.collectAll('receipt');
  const stored = (await documentsOf(source, 'receipt')).length;
  expect(stored).toBeGreaterThan(0);
  expect(stored).toBeLessThan(sizeOf(await source.held('receipt')));
  const range = {
    kind: 'verify',
    run: 'rules',
    from: new Date(0).toISOString(),
    to: new Date().toISOString(),
  } as const;
  const outcome = await source.run(({ reread }, id) => reread(id, 'receipt', range));
  expect(outcome.counts).toMatchObject({ read: stored, missing: 0 });
});
