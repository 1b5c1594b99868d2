/** Records that a document cannot hold as they were received, on their way from Mimecast to the store. */

import { Binary } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { openProblems } from '../../src/domain/lifecycle/snapshot.js';
import { collectorDatabase } from '../support/collector-database.js';
import { AV, FileApi, gzipOf } from '../support/file-api.js';
import { serve } from '../support/local-server.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource } from '../support/simulated-source.js';
import { sourceAfter, startUp } from '../support/source-fixtures.js';

const collections = collectorDatabase();
const TIME = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, '+0000');

describe.each<['audit' | 'hold' | 'dlp', (rows: string) => string]>([
  ['audit', (rows) => `{"data":[${rows}]}`],
  ['hold', (rows) => `{"data":[${rows}]}`],
  ['dlp', (rows) => `{"data":[{"dlpLogs":[${rows}]}]}`],
])('%s', (stream, bodyOf) => {
  const time = `"${stream === 'hold' ? 'dateReceived' : 'eventTime'}":"${TIME}","user":"u","subject":"s"`;
  const rows = [
    `{"id":"1",${time},"n":1}`,
    String.raw`{"id":"2",${time},"n":2,"é":"\ud800"}`,
    `{ "id":"3",${time},"n":3,"x":1, "x":2 }`,
    `{"id":"4",${time},"n":4,"x":"J#rg"}`,
  ];
  const bytesOf = (text: string) =>
    Buffer.from(text.split('#').join('\u0001')).map((byte) => (byte === 1 ? 0xf6 : byte));

  test.each(['', '\ufeff'])(
    'is counted once and reported, with what was received, byte order mark: "%s"',
    async (mark) => {
      const server = await serve(({ path }, response) => {
        const isAsked = path.includes({ audit: 'audit', hold: 'gateway', dlp: 'dlp' }[stream]);
        if (path === '/oauth/token') response.end('{"access_token":"t","expires_in":1800}');
        else response.end(isAsked ? bytesOf(`${mark}${bodyOf(rows.join(','))}`) : '{"data":[]}');
      });
      const source = await simulatedSource(collections, { config: { baseUrl: server.url } });
      await source.collectAll(stream);
      const outcome = await source.collectAll(stream);
      expect(outcome.altered).toEqual({ loneSurrogate: 1, repeatedKey: 1, notUtf8: 1 });
      const stored = await raw(collections).records(stream).find({ _sourceId: source.id }).sort({ n: 1 }).toArray();
      expect(stored.map(({ _received }) => _received)).toEqual([
        undefined,
        { changes: ['loneSurrogate'], text: rows[1] },
        { changes: ['repeatedKey'], text: rows[2] },
        { changes: ['notUtf8'], bytes: new Binary(bytesOf(rows[3] ?? '')) },
      ]);
      expect(stored[3]?.x).toBe('J\ufffdrg');
    },
  );
});

test('lines of a file are counted once, however often it is read, and reported as a notice', async () => {
  const api = await FileApi.open();
  const time = `"timestamp":${Date.now()}`;
  api.files.set(
    'a',
    gzipOf(`{${AV},${time},"n":1}`, String.raw`{${AV},${time},"s":"\ud800"}`, `{${AV},${time},"s":1,"s":2}`),
  );
  api.pages.set(undefined, { files: ['a'], isCaughtUp: true });
  const source = await api.source(collections);
  const first = await source.collect('av');
  await source.meddle('av', { $set: { filesDone: [] } });
  const second = await source.collect('av');
  expect(api.downloaded).toEqual(['a', 'a']);
  expect([first.altered, second.altered]).toEqual(Array(2).fill({ loneSurrogate: 1, repeatedKey: 1, notUtf8: 0 }));

  const outcomes = [first, second].map((outcome) => ({ kind: 'outcome', outcome }) as const);
  const told = sourceAfter(...startUp('receipt', 'av'), ...outcomes);
  expect(openProblems(told)).toMatchObject([
    {
      code: 'altered',
      attempt: 2,
      isNotice: true,
      message: expect.stringContaining('1 with half of a character (a lone surrogate), 1 with a key that occurs twice'),
    },
  ]);
});
