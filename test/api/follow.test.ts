/** Detections and hits of watchlists as they are stored, and hits by the time when they were found. */

import { Binary } from 'mongodb';
import { beforeAll, expect, test } from 'vitest';
import type { Detection } from '../../src/domain/detections/detection.js';
import { raiseHits } from '../../src/store/watchlist-hits.js';
import { DETECTED, document, EVENTS, SPAM, TIME } from '../detections/sample-records.js';
import { apiServer, basic } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });
beforeAll(() => collections.ensureIndexes());

interface Line {
  readonly token: string;
  readonly detection?: Detection;
  readonly hit?: { readonly eventId: string; readonly details: { readonly recordId: string } };
}

async function follow(path: string) {
  const { url, viewer } = get();
  const leaving = new AbortController();
  const headers = { authorization: basic(viewer.accessId, viewer.accessKey) };
  const response = await fetch(`${url}/api/v1/${path}`, { headers, signal: leaving.signal });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const lines = linesOf(response);
  const next = async (): Promise<Line> => JSON.parse((await lines.next()).value ?? 'null');
  const nextItem = async () => {
    for (let line = await next(); ; line = await next())
      if (line.detection !== undefined || line.hit !== undefined) return line;
  };
  return { next, nextItem, leave: () => leaving.abort() };
}

async function* linesOf({ body }: Response): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

let made = 0;
async function store(stream: Parameters<ReturnType<typeof raw>['records']>[0], fields: object, sourceId = 1) {
  made += 1;
  await raw(collections)
    .records(stream)
    .insertOne(document(made, { ...fields }, { time: TIME, sourceId }));
}

test('each record that is a detection, and none that is an event', async () => {
  const { next, nextItem, leave } = await follow('detections/follow');
  await next();
  for (const [, stream, fields] of EVENTS) await store(stream, fields);
  for (const [stream, fields] of DETECTED) await store(stream, fields);
  const told: string[] = [];
  for (const _ of DETECTED) told.push((await nextItem()).detection?.stream ?? '');
  expect(told).toEqual(DETECTED.map(([stream]) => stream));
  leave();
});

test('only those that are asked for, and from a token on what was stored meanwhile', async () => {
  const wish = 'kind=spam&sourceId=7&sender=sender';
  const begin = await follow(`detections/follow?${wish}`);
  const { token } = await begin.next();
  begin.leave();
  for (const [stream, fields] of DETECTED) await store(stream, fields, 7);
  await store('spam', { ...SPAM, subject: 'of another source' }, 8);
  await store('spam', { ...SPAM, senderEnvelope: 'nobody@example.com', subject: 'of another' }, 7);
  await store('spam', { ...SPAM, senderEnvelope: 'sender@example.com', subject: 'the last' }, 7);
  const again = await follow(`detections/follow?${wish}&token=${token}`);
  const subjects: (string | undefined)[] = [];
  while (subjects.at(-1) !== 'the last') {
    const { detection } = await again.nextItem();
    expect(detection).toMatchObject({ kind: 'spam', sourceId: 7, sender: expect.stringContaining('sender') });
    subjects.push(detection?.subject);
  }
  again.leave();
});

test('hits by the time when they were found, and as they are raised', async () => {
  const list = await api<{ id: string }>('POST', 'v1/watchlists', {
    body: { name: 'followed', indicators: 'hit.com' },
  });
  const other = await api<{ id: string }>('POST', 'v1/watchlists', { body: { name: 'other', indicators: 'hit.com' } });
  const raise = (watchlistId: string, n: number) =>
    raiseHits(collections, [
      {
        ...{ watchlistId, hasWebhook: false, stream: 'receipt', isPast: false },
        indicator: { text: 'hit.com', type: 'domain', keys: ['domain:hit.com'] } as never,
        record: { _id: new Binary(Buffer.alloc(16, n)), _messageTime: TIME, _sourceId: 1, _source: 'one' },
      },
    ]);
  const recordId = (n: number) => Buffer.alloc(16, n).toString('hex');
  const listed = async (query: string) =>
    (
      await api<{ data: { eventTime: string; details: { recordId: string } }[] }>(
        'GET',
        `v1/watchlists/followed/hits?${query}`,
      )
    ).json.data;
  const begin = await follow('watchlists/followed/hits/follow');
  const { token } = await begin.next();
  await raise(list.json.id, 1);
  const [first] = await listed('');
  expect((await begin.nextItem()).hit?.details.recordId).toBe(recordId(1));
  begin.leave();
  const at = first?.eventTime ?? '';
  const after = new Date(Date.parse(at) + 1).toISOString();
  expect(await listed(`since=${at}&until=${after}`)).toHaveLength(1);
  expect(await listed(`until=${at}`)).toEqual([]);
  expect(await listed(`since=${after}`)).toEqual([]);
  expect(await listed('since=1h')).toHaveLength(1);
  await raise(other.json.id, 2);
  await raise(list.json.id, 3);
  const again = await follow(`watchlists/followed/hits/follow?token=${token}`);
  expect([await again.nextItem(), await again.nextItem()].map(({ hit }) => hit?.details.recordId)).toEqual([
    recordId(1),
    recordId(3),
  ]);
  again.leave();
});

test.each([
  ['detections/follow?token=xyz', 400],
  ['detections/follow?kind=viruses', 400],
  ['watchlists/absent/hits/follow', 404],
  ['watchlists/absent/hits?since=yesterday', 400],
])('%s is refused with %i', async (path, status) => {
  expect((await api('GET', `v1/${path}`)).status).toBe(status);
});
