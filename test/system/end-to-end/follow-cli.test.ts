/** `--follow` of detections and of hits, resumed after a crash: on the database at hand, and through a management server. */

import { Binary } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { raiseHits } from '../../../src/store/watchlist-hits.js';
import { document, SPAM } from '../../detections/sample-records.js';
import { apiServer } from '../../support/api-server.js';
import { followingCli } from '../../support/following-cli.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const { db, uri, name } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });
const following = followingCli();
beforeAll(() => collections.ensureIndexes());

const ways = {
  'at hand': () => ({ env: { MONGODB_URI: uri, MONGODB_DB: name }, args: [] }),
  'through a server': () => {
    const { url, viewer } = get();
    const env = { MIMECAST_ACCESS_ID: viewer.accessId, MIMECAST_ACCESS_KEY: viewer.accessKey };
    return { env, args: ['--server', url] };
  },
};

let made = 0;
const spam = (subject: string) => {
  made += 1;
  return raw(collections)
    .records('spam')
    .insertOne(document(made, { ...SPAM, subject }));
};
const raise = (watchlistId: string) => {
  made += 1;
  return raiseHits(collections, [
    {
      ...{ watchlistId, hasWebhook: false, stream: 'receipt', isPast: false },
      indicator: { text: 'hit.com', type: 'domain', keys: ['domain:hit.com'] } as never,
      record: { _id: new Binary(Buffer.alloc(16, made)), _messageTime: new Date(), _sourceId: 1, _source: 'one' },
    },
  ]);
};

describe.each(Object.entries(ways))('%s', (label, way) => {
  const follow = (...words: readonly string[]) => following(way().env, ...way().args, ...words, '--follow', '--json');
  const parsed = (run: ReturnType<typeof follow>) => run.lines().map((line) => JSON.parse(line));
  const lastToken = (run: ReturnType<typeof follow>) => parsed(run).findLast(({ token }) => token !== undefined).token;

  test('detections: those that are stored, those to come, and behind the token of the last line', async () => {
    await spam(`stored ${label}`);
    const wish = ['detections', '--subject', label];
    const subjects = (run: ReturnType<typeof follow>) => parsed(run).flatMap(({ subject }) => subject ?? []);
    const first = follow(...wish, '--since', '2020-01-01');
    // A token that came without any detection is good enough.
    await until(
      () => parsed(first),
      (lines) => lines.some(({ token }) => token !== undefined),
    );
    expect(subjects(first)).toEqual([`stored ${label}`]);
    await first.kill();
    await spam(`one ${label}`);
    const second = follow(...wish, '--token', lastToken(first));
    await until(
      () => subjects(second),
      (seen) => seen.includes(`one ${label}`),
    );
    await spam(`two ${label}`);
    await until(
      () => subjects(second),
      (seen) => seen.includes(`two ${label}`),
    );
    expect(subjects(second)).toEqual([`one ${label}`, `two ${label}`]);
    await second.stop();
    expect(second.errors()).toContain(`To resume: --token`);
  });

  test('hits: those that were found, and those to come', async () => {
    const list = await api<{ id: string }>('POST', 'v1/watchlists', { body: { name: label, indicators: 'hit.com' } });
    const { id } = list.json;
    await raise(id);
    const run = follow('watchlist', 'hits', label, '--since', '1h');
    const hits = () => parsed(run).filter(({ eventId }) => eventId !== undefined);
    await until(
      () => parsed(run),
      (lines) => lines.some(({ token }) => token !== undefined),
    );
    expect(hits()).toHaveLength(1);
    await raise(id);
    await until(hits, ({ length }) => length === 2);
    await run.stop();
    const cli = (...words: readonly string[]) => runCli(way().env, ...way().args, 'watchlist', 'hits', label, ...words);
    expect(JSON.parse((await cli('--since', '1h', '--json')).stdout)).toHaveLength(2);
    expect(JSON.parse((await cli('--since', '1h', '--limit', '1', '--json')).stdout)).toHaveLength(1);
    expect((await cli('--until', '1h')).stdout).toBe('There are no hits.\n');
  });
});

test.each([
  [['watchlist', 'hits', 'x', '--limit', 'ten'], 'whole number', 2],
  [['watchlist', 'hits', 'x', '--since', 'yesterday'], 'ISO time', 2],
  [['watchlist', 'hits', 'x', '--token', 'aa'], 'give both', 1],
  [['watchlist', 'hits', 'x', '--follow', '--until', '1h'], 'leave out --until', 1],
  [['detections', '--token', 'aa'], 'give both', 1],
])('%j is refused', async (words, said, expected) => {
  const { code, stderr } = await runCli({ MONGODB_URI: uri, MONGODB_DB: name }, ...words);
  expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining(said) });
});
