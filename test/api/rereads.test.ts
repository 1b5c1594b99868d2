/** `…/rereads/{kind}`: to begin, to follow, to cancel, and what was missing. */

import { beforeAll, expect, test } from 'vitest';
import { apiServer } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { raw } from '../support/raw-collections.js';
import { addFault, clearFaults } from '../support/simulator-control.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 3_600_000, historyRate: 60, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });

interface Progress {
  readonly state: string;
  readonly report?: {
    readonly run: string;
    readonly totals: { readonly read: number; readonly missing: number; readonly restored: number };
  };
}
interface Missing {
  readonly data: readonly { readonly id: string; readonly stream: string; readonly place: string }[];
  readonly next?: string;
}

let path = '';
let sourceId = 0;

beforeAll(async () => {
  await stack().startWorker();
  const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'read again' } },
  });
  const sources = `v1/collectors/${made.json.collector.id}/sources`;
  const body = sourceFile(stack().simulator, { pollInterval: '1h', dataCollection: ['siem', 'dlp'] });
  const created = await api<{ source: { id: number } }>('POST', sources, { body });
  sourceId = created.json.source.id;
  path = `${sources}/${sourceId}/rereads`;
  await until(
    () => stack().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting'),
  );
});

const ended = (kind: string) =>
  until(
    async () => (await api<Progress>('GET', `${path}/${kind}`)).json,
    ({ state }) => state === 'COMPLETED',
  );

test('before the first there is none: to follow, to list and to cancel', async () => {
  for (const part of ['backfill', 'backfill/missing'])
    expect((await api('GET', `${path}/${part}`)).json).toMatchObject({
      status: 404,
      code: 'collectors.source.reread.none',
    });
  expect((await api('DELETE', `${path}/backfill`)).json).toMatchObject({
    status: 409,
    code: 'collectors.source.reread.ended',
  });
});

test('verify tells what is missing, page by page, and backfill restores it', async () => {
  const records = raw(collections).records('dlp');
  // What is newer, the windows of the collection may meet again.
  const old = { _sourceId: sourceId, _messageTime: { $lt: new Date(Date.now() - 1_800_000) } };
  const deleted = (await records.find(old, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
  expect(deleted.length).toBeGreaterThan(2);
  await records.deleteMany({ _id: { $in: deleted } });

  const begun = await api('POST', `${path}/verify`, { body: { streams: ['dlp'], from: '7d' } });
  expect(begun).toMatchObject({ status: 200, json: { sourceId, streams: ['dlp'], from: expect.any(String) } });
  const verified = await ended('verify');
  expect(verified.report?.totals).toMatchObject({ missing: deleted.length, restored: 0 });

  const listed: string[] = [];
  const limit = Math.ceil(deleted.length / 3);
  for (let query: string | undefined = `limit=${limit}`; query !== undefined; ) {
    const page: Missing = (await api<Missing>('GET', `${path}/verify/missing?${query}`)).json;
    expect(page.data.length).toBeLessThanOrEqual(limit);
    expect(page.data.every(({ stream, place }) => stream === 'dlp' && place !== '')).toBe(true);
    listed.push(...page.data.map(({ id }) => id));
    query = page.next === undefined ? undefined : `limit=${limit}&token=${page.next}`;
  }
  expect(listed.sort()).toEqual(deleted.map((id) => id.toString('hex')).sort());

  expect((await api('POST', `${path}/backfill`)).status).toBe(200);
  expect((await ended('backfill')).report?.totals).toMatchObject({
    missing: deleted.length,
    restored: deleted.length,
  });
  expect(await records.countDocuments({ _id: { $in: deleted } })).toBe(deleted.length);
});

test('one of a kind at a time; a viewer may follow it and list, but neither begin nor cancel', async () => {
  const key = get().viewer;
  await addFault(stack().simulator, { endpoint: 'batch', times: -1, action: { status: 503 } });
  expect((await api('POST', `${path}/verify`, { key })).status).toBe(403);
  expect((await api('POST', `${path}/verify`)).status).toBe(200);
  expect((await api('POST', `${path}/verify`)).json).toMatchObject({
    status: 409,
    code: 'collectors.source.rereading',
  });
  const followed = await api<Progress>('GET', `${path}/verify`, { key });
  expect(followed).toMatchObject({ status: 200, json: { state: 'RUNNING' } });
  expect((await api('GET', `${path}/verify/missing`, { key })).status).toBe(200);
  expect((await api('DELETE', `${path}/verify`, { key })).status).toBe(403);
  expect(await api('DELETE', `${path}/verify`)).toMatchObject({ status: 200, json: { sourceId } });
  await until(
    async () => (await api<Progress>('GET', `${path}/verify`)).json.state,
    (state) => state === 'CANCELLED',
  );
  await clearFaults(stack().simulator);
  const trail = await raw(collections).auditTrail.find({ sourceId }).sort({ at: 1, _id: 1 }).toArray();
  expect(trail.slice(-3)).toMatchObject([
    { action: 'source.verify', outcome: 'done', actor: get().admin.accessId },
    { action: 'source.verify', outcome: 'failed' },
    { action: 'source.verify.cancel', outcome: 'done' },
  ]);
});

test.for<[string, unknown, string]>([
  ['verify', { streams: ['weather'] }, 'must be one of: receipt'],
  ['verify', { streams: [] }, 'streams: must name a stream'],
  ['verify', { streams: ['audit'] }, 'the source does not collect "audit"'],
  ['backfill', { from: 'yesterday' }, 'from: "yesterday" is neither'],
  ['backfill', { from: '1h', to: '2h' }, 'from: must be before "to"'],
  ['backfill', { colour: 'red' }, 'colour: unknown key'],
  ['mend', {}, 'kind: '],
])('a wrong wish is named: %s %j', async ([kind, body, wanted]) => {
  const { status, json } = await api('POST', `${path}/${kind}`, { body });
  expect({ status, message: json.message }).toEqual({ status: 400, message: expect.stringContaining(wanted) });
});

test('of a source that there is not all is 404', async () => {
  const nobody = path.replace(/\d+\/rereads/, '987654/rereads');
  for (const [method, part] of [
    ['GET', 'verify'],
    ['POST', 'verify'],
    ['DELETE', 'verify'],
    ['GET', 'verify/missing'],
  ] as const)
    expect((await api(method, `${nobody}/${part}`)).json).toMatchObject({
      status: 404,
      code: 'collectors.source.invalid',
    });
});
