/** `detections` on a real server of MongoDB, and behind a management server. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectionOf } from '../../../src/detections/normalize.js';
import type { Detection } from '../../../src/domain/detections/detection.js';
import { choosePort } from '../../../src/runtime/ports.js';
import { DETECTED, document, SPAM, TIME } from '../../detections/sample-records.js';
import { apiServer } from '../../support/api-server.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { testDatabase } from '../../support/test-database.js';

const { uri, name, db } = testDatabase();
const collections = collectionsIn(db);
const port = await choosePort(0);
// Nothing here needs Temporal, and nobody comes to this port.
const connection = Connection.lazy({ address: `127.0.0.1:${port}`, interceptors: [] });
afterAll(() => connection.close());
const { get } = apiServer({ collections, client: () => new Client({ connection }) });

/** More than the command asks for at once. */
const SPAMS = 600;

beforeAll(async () => {
  await collections.ensureIndexes();
  for (const [n, [stream, fields]] of DETECTED.entries())
    await raw(collections)
      .records(stream)
      .insertOne(document(n, fields, { time: new Date(TIME.getTime() - n) }));
  await raw(collections)
    .records('spam')
    .insertMany(
      Array.from({ length: SPAMS }, (_, n) =>
        document(1_000 + n, SPAM, { time: new Date(TIME.getTime() - (n + 1) * 60_000), sourceId: 9 }),
      ),
    );
});

describe.each(['at hand', 'behind a server'])('%s', (where) => {
  const cli = (...args: readonly string[]) => {
    const { url, viewer } = get();
    if (where === 'at hand')
      return runCli(
        { MONGODB_URI: uri, MONGODB_DB: name, TEMPORAL_ADDRESS: `127.0.0.1:${port}` },
        'detections',
        ...args,
      );
    const key = { MIMECAST_ACCESS_ID: viewer.accessId, MIMECAST_ACCESS_KEY: viewer.accessKey };
    return runCli({ ...key, MONGODB_URI: 'mongodb://127.0.0.1:9/' }, '--server', url, 'detections', ...args);
  };
  const json = async (...args: readonly string[]): Promise<readonly Detection[]> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  test('the newest hundred, as the API has them', async () => {
    const found = await json();
    expect(found).toHaveLength(100);
    const [stream, fields] = DETECTED[0] ?? ['av', {}];
    expect(found[0]).toEqual(detectionOf(stream, document(0, fields)));
  });

  test('filters', async () => {
    const kinds = async (...args: readonly string[]) => (await json(...args)).map(({ kind }) => kind);
    expect(await kinds('--kind', 'url', 'dlp')).toEqual(['url', 'dlp', 'url']);
    expect(await kinds('--severity', 'medium')).toEqual(['impersonation', 'dlp']);
    expect(
      await kinds('--action', 'warned', '--recipient', 'USER@', '--sender', 'sender', '--subject', 'look'),
    ).toEqual(['url']);
    const since = new Date(TIME.getTime() - 3).toISOString();
    expect(await kinds('--since', since, '--until', TIME.toISOString())).toEqual(['virus', 'spam', 'internal-email']);
    expect(await kinds('--source', '9', '--limit', '3')).toEqual(['spam', 'spam', 'spam']);
    expect(await kinds('--since', '1d')).toEqual([]);
  });

  test.each(['ecs', 'ocsf'])('all of them in %s, one object per line', async (format) => {
    const { code, stdout } = await cli('--format', format, '--kind', 'spam');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(SPAMS + 1);
    const one = format === 'ecs' ? { event: { kind: 'alert' } } : { class_uid: 4009 };
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject(one);
  });

  test('a table for people', async () => {
    const { stdout } = await cli('--kind', 'url');
    expect(stdout.split('\n')[1]).toBe(
      '2025-09-15 11:59:59 UTC  url   high      blocked  user@example.com    recipient@example.org  https://login.example.net/verify?id=1  Fwd: News: Week 8 Term 3  Mail',
    );
    expect((await cli('--severity', 'critical')).stdout).toBe('There are no such detections.\n');
  });
});

test.each([
  [['--kind', 'viruses'], 'kind'],
  [['--severity', 'fatal'], 'severity'],
  [['--since', 'yesterday'], 'ISO time'],
  [['--limit', '0'], 'whole number'],
  [['--format', 'csv'], 'format'],
])('%j is wrong usage', async (args, said) => {
  const { code, stderr } = await runCli({}, 'detections', ...args);
  expect({ code, said: stderr.includes(said) }).toEqual({ code: 2, said: true });
});
