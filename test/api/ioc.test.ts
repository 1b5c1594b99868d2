/** `/iocSearch` and the command `ioc`, on the store and behind a server. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertWithIndicators } from '../../src/ingest/slice/insert-with-indicators.js';
import type { IocAnswer } from '../../src/management/indicators/ioc-service.js';
import { apiAlone } from '../support/api-alone.js';
import { runCli } from '../support/run-cli.js';
import { numbers, recordOf } from '../support/store-fixtures.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const { api, get, collections, database } = await apiAlone();
const folder = temporaryFolder();
afterAll(() => folder.remove());
const record = { ...recordOf({ messageId: '<m1@x.com>', senderIp: '203.0.113.7' }), _sourceId: 3, _source: 'mail' };

beforeAll(async () => {
  await collections.ensureIndexes();
  await insertWithIndicators({ collections, writer: collections }, 'receipt', [record]);
});

const search = (body: unknown, key = get().viewer) => api<IocAnswer>('POST', 'v1/iocSearch', { body, key });

test('a viewer searches for a list', async () => {
  const { status, json } = await search({ indicators: '203.0.113.0/24\nevil.com\njunk' });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    searched: 2,
    findings: [
      {
        indicator: '203.0.113.0/24',
        type: 'ip4',
        found: [
          {
            collection: 'mimecast_receipt_logs_v2',
            stream: 'receipt',
            count: 1,
            isMore: false,
            hits: [
              { id: record._id.toString('hex'), time: record._messageTime.toISOString(), sourceId: 3, source: 'mail' },
            ],
          },
        ],
      },
    ],
    notUnderstood: [{ line: 3, text: 'junk' }],
    notUnderstoodCount: 1,
    isComplete: true,
    fillIn: { isComplete: false },
  });
});

test.each([
  [{ collections: ['mimecast_dlp_logs'] }, 0],
  [{ sources: [4] }, 0],
  [{ sources: [3, 4] }, 1],
  [{ until: '2001-01-01' }, 0],
  [{ since: '2001-01-01', hitsPerIndicator: 1 }, 1],
])('narrowed to %j', async (more, hits) => {
  expect((await search({ indicators: ['m1@x.com'], ...more })).json.findings).toHaveLength(hits);
});

test('a long list is searched part by part', async () => {
  const list = ['absent.test', 'm1@x.com', 'junk', 'other.test'];
  const part = async (skip: number, limit?: number) => {
    const { json } = await search({ indicators: list, skip, limit });
    return [json.indicators, json.searched, json.findings.length, json.notUnderstoodCount];
  };
  expect(await part(0, 1)).toEqual([3, 1, 0, 1]);
  expect(await part(1, 1)).toEqual([3, 1, 1, 1]);
  expect(await part(1)).toEqual([3, 2, 1, 1]);
  expect(await part(3)).toEqual([3, 0, 0, 1]);
});

test('more hits than are wanted are not counted: there are more', async () => {
  const messages = numbers(3).map((n) => ({
    ...recordOf({ messageId: '<twice@x.com>', n }),
    _sourceId: 3,
    _source: 'mail',
  }));
  await insertWithIndicators({ collections, writer: collections }, 'process', messages);
  const found = async (hitsPerIndicator?: number) => {
    const { json } = await search({ indicators: 'twice@x.com', hitsPerIndicator });
    return json.findings.flatMap((finding) =>
      finding.found.map(({ count, isMore, hits }) => [count, isMore, hits.length]),
    );
  };
  expect(await found(2)).toEqual([[2, true, 2]]);
  expect(await found(3)).toEqual([[3, false, 3]]);
  expect(await found()).toEqual([[3, false, 3]]);
});

describe('refused', () => {
  test.each<[string, unknown, string]>([
    ['nothing', {}, "Missing required field: 'indicators'"],
    ['operators', { indicators: { $gt: '' } }, 'indicators'],
    ['operators in a list', { indicators: [{ $ne: 1 }] }, 'indicators'],
    ['a strange key', { indicators: '', $where: 'sleep(1000)' }, '$where'],
    ['a strange collection', { indicators: '', collections: ['api_keys'] }, 'collections'],
    ['a strange time', { indicators: '', since: 'yesterday' }, 'since: "yesterday" is neither'],
    ['too many hits', { indicators: '', hitsPerIndicator: 1_000 }, 'hitsPerIndicator'],
    ['a whole body of lines that are none', { indicators: 'a\n'.repeat(2_700_000) }, 'at most 10'],
    ['too many', { indicators: Array.from({ length: 10_001 }, (_, at) => `a${at}.com`) }, 'at most 10,000'],
  ])('%s', async (_, body, message) => {
    const { status, json } = await search(body);
    expect({ status, json }).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } });
  });
});

test('10,000 indicators of a text that is longer than other bodies may be', async () => {
  const indicators = Array.from({ length: 10_000 }, (_, at) => `http://absent${at}.com/${'a'.repeat(150)}`).join('\n');
  const { status, json } = await search({ indicators });
  expect({ status, json }).toMatchObject({ status: 200, json: { searched: 10_000, findings: [], isComplete: true } });
});

test.each([['iocSearch'], ['watchlists']])('the limit of a body of %s is told', async (path) => {
  const body = { name: 'x', indicators: 'a'.repeat(16_777_216) };
  const { status, json } = await api('POST', `v1/${path}`, { body });
  expect([status, json.message]).toEqual([413, 'The body is larger than 16 MiB.']);
});

test('how far the fill-in is', async () => {
  const { status, json } = await api('GET', 'v1/indicators/fillIn', { key: get().viewer });
  expect([status, json.isComplete, (json.collections as unknown[]).length]).toEqual([200, false, 14]);
});

test('an administrator lets all records be looked at again', async () => {
  await database.db
    .collection('indicator_fill_in')
    .insertOne({ version: 1, stream: 'receipt', isDone: true, read: 5, filled: 5 });
  expect((await api('POST', 'v1/indicators/fillIn', { key: get().viewer })).status).toBe(403);
  const { status, json } = await api<{ collections: { read: number }[] }>('POST', 'v1/indicators/fillIn');
  expect([status, json.collections[0]?.read]).toEqual([200, 0]);
});

test('ioc on the command line, of a file, on the store and behind a server', async () => {
  const file = join(folder.path, 'list.txt');
  writeFileSync(file, '# seen today\n203[.]0[.]113[.]7\njunk\n');
  const { admin, url } = get();
  const environment = {
    ...{ MONGODB_URI: database.uri, MONGODB_DB: database.name },
    ...{ MIMECAST_ACCESS_ID: admin.accessId, MIMECAST_ACCESS_KEY: admin.accessKey },
  };
  const atHand = await runCli(environment, 'ioc', file);
  expect(atHand).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/203\[\.\]0\S+ +receipt \(1\) +\S+ +mail +[0-9a-f]{32}\n/),
  });
  expect(atHand.stdout).toContain('Not understood, line 3: junk: it is not an address');
  const remote = await runCli(environment, '--server', url, 'ioc', file, '--json', '--since', '2001-01-01');
  expect(JSON.parse(remote.stdout)).toMatchObject({ searched: 1, findings: [{ indicator: '203[.]0[.]113[.]7' }] });
  const refused = await runCli(environment, 'ioc', file, '--since', 'yesterday');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('since: "yesterday" is neither') });
  expect(await runCli(environment, 'ioc', 'absent.txt')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no file absent.txt'),
  });
});
