import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FILE_POLICY } from '../../../src/ingest/files/file-retry-budget.js';
import type { FilePolicy } from '../../../src/ingest/source/file-policy.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { FileApi, gzipOf, linesOf } from '../../support/file-api.js';
import type { Handler } from '../../support/local-server.js';

const collections = collectorDatabase();
const LINES = 50;
const RULES: FilePolicy = { ...FILE_POLICY, reading: { pace: { minBytes: 1_000, periodMs: 200 } } };

/** The head at once, then a byte now and then. */
const drip =
  (bytes: Uint8Array): Handler =>
  async (_, response) => {
    for (let at = 0; at < bytes.length && !response.destroyed; at += 1) {
      response.write(bytes.subarray(at, at + 1));
      await delay(20);
    }
    response.end();
  };

test('while a file drips, the others of its page are read; it is asked again and never set aside', async () => {
  const api = await FileApi.open();
  api.pages.set(undefined, { files: ['a', 'drips', 'c'], next: 'end', isCaughtUp: true });
  for (const name of ['a', 'c']) api.files.set(name, gzipOf(...linesOf(name, LINES)));
  api.files.set('drips', drip(gzipOf(...linesOf('drips', LINES))));
  const source = await api.source(collections, { fileRules: RULES });
  expect(await source.collect('av')).toMatchObject({
    result: 'failed',
    files: 2,
    counts: { stored: 2 * LINES },
    failure: { code: 'timeout', retry: true },
  });
  for (let n = 0; n < 3; n += 1) {
    await expect(source.collect('av')).rejects.toMatchObject({ facts: { origin: 'file', cause: 'timeout' } });
  }
  expect((await source.checkpoint('av')).filesDone).toEqual(['a', 'c'].map((name) => api.nameOf(name)));
  expect(api.downloaded.filter((name) => name !== 'drips')).toEqual(['a', 'c']);
  api.files.set('drips', gzipOf(...linesOf('drips', LINES)));
  expect(await source.collect('av')).toMatchObject({
    result: 'caughtUp',
    totals: { stored: 3 * LINES, quarantined: 0 },
  });
});
