/** `search` and `story` as people and programs use them: on the database at hand, and through a management server. */

import { beforeAll, describe, expect, test } from 'vitest';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { apiServer } from '../../support/api-server.js';
import { noteFilledIn } from '../../support/filled-in.js';
import { type Following, followingCli } from '../../support/following-cli.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { storedDocument } from '../../support/search-records.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const { db, uri, name } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { get } = apiServer({ collections, client: () => client });

const message = { accountId: 'C1', aggregateId: 'agg1', messageId: '<m1@example.com>' };
const store = async (record: Readonly<Record<string, unknown>>, seconds: number) => {
  const document = storedDocument(
    'receipt',
    { ...message, ...record },
    1,
    new Date(Date.UTC(2026, 0, 31, 12, 0, seconds)),
  );
  await insertWithIndicators({ collections, writer: collections }, 'receipt', [document]);
  return document._id.toString('hex');
};

const followCli = followingCli();

let id = '';
beforeAll(async () => {
  await collections.ensureIndexes();
  await noteFilledIn(collections);
  id = await store({ subject: 'first invoice', senderEnvelope: 'alice@example.com' }, 1);
  await store({ subject: 'second invoice' }, 2);
});

const ways = {
  'at hand': () => ({ env: { MONGODB_URI: uri, MONGODB_DB: name }, args: [] }),
  'through a server': () => {
    const { url, viewer } = get();
    return {
      env: { MIMECAST_ACCESS_ID: viewer.accessId, MIMECAST_ACCESS_KEY: viewer.accessKey },
      args: ['--server', url],
    };
  },
};

describe.each(Object.entries(ways))('%s', (label, way) => {
  const cli = (...words: readonly string[]) => runCli(way().env, ...way().args, ...words);
  const following = (...words: readonly string[]) => followCli(way().env, ...way().args, ...words);

  test('search finds, newest first', async () => {
    const { code, stdout, stderr } = await cli('search', 'subject:invoice');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => /first|second/.exec(line)?.[0]),
    ).toEqual(['second', 'first']);
    const json = await cli('search', 'alice@example.com', '--json', '--limit', '5', '--collection', 'receipt', 'dlp');
    expect(JSON.parse(json.stdout)).toMatchObject({ id, stream: 'receipt', record: { subject: 'first invoice' } });
  });

  test('search tells what is wrong', async () => {
    expect(await cli('search', 'subject:(')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/at character 9/),
    });
    expect(await cli('search', '*', '--since', 'yesterday')).toMatchObject({ code: 2 });
    expect(await cli('search', '*', '--token', 'x')).toMatchObject({ code: 1 });
    expect(await cli('search', '*', '--until', '2020-01-01')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Nothing found.\n',
    });
  });

  test('story has all records of the message', async () => {
    const { code, stdout } = await cli('story', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Message <m1@example.com>, aggregate agg1[\s\S]*first invoice[\s\S]*second invoice/);
    expect(JSON.parse((await cli('story', id, '--json')).stdout)).toMatchObject({
      complete: true,
      aggregateId: 'agg1',
    });
    expect(await cli('story', '00')).toMatchObject({ code: 1, stderr: expect.stringContaining('no record 00') });
  });

  test('--follow prints what is stored, and resumes with its token', async () => {
    const query = `subject:"${label}"`;
    const begin = following('search', query, '--follow', '--json', '--since', '2026-01-01');
    const subjects = (run: Following) => run.lines().flatMap((line) => JSON.parse(line).record?.subject ?? []);
    await until(
      () => begin.errors(),
      (text) => text.includes('Nothing found'),
    );
    await store({ subject: `one ${label}` }, 3);
    await until(
      () => subjects(begin),
      (seen) => seen.includes(`one ${label}`),
    );
    await begin.stop();
    const [, token = ''] = /To resume: --token (\w+)/.exec(begin.errors()) ?? [];
    await store({ subject: `two ${label}` }, 4);
    const again = following('search', query, '--follow', '--json', '--token', token);
    await until(
      () => subjects(again),
      (seen) => seen.includes(`two ${label}`),
    );
    expect(subjects(again)).toEqual([`two ${label}`]);
    await again.stop();
  });
});
