/** What Sumo Logic's API does not have: actions, states, losses, live events. */

import { Binary } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { SourceActivities } from '../../src/management/sources/source-activity.js';
import { recordGap } from '../../src/store/gaps.js';
import { quarantine } from '../../src/store/quarantine.js';
import { apiServer, basic } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { countStored } from '../support/simulator-control.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });

interface Page<T = Record<string, unknown>> {
  readonly data: readonly T[];
  readonly next?: string;
}
interface Shown {
  readonly id: number;
  readonly state: { readonly state: string; readonly errorType?: string };
}

let cid = 0;
beforeAll(async () => {
  await stack().startWorker();
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'overview', fields: { office: 'Berlin' } } },
  });
  cid = json.collector.id;
});

const body = (config: Readonly<Record<string, unknown>>) => ({
  source: { ...sourceFile(stack().simulator, config).source },
});

async function newSource(name: string, config: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { json, text } = await api<{ source: Shown }>('POST', `v1/collectors/${cid}/sources`, {
    body: body({ name, pollInterval: '1m', ...config }),
  });
  if (json?.source === undefined) throw new Error(text);
  return json.source.id;
}

const pathOf = (sid: number) => `v1/collectors/${cid}/sources/${sid}`;
const stateOf = async (sid: number) => (await api<{ source: Shown }>('GET', pathOf(sid))).json.source?.state.state;
const inState = (sid: number, wanted: string) =>
  until(
    () => stateOf(sid),
    (state) => state === wanted,
  );
const act = (sid: number, action: string) => api('POST', `${pathOf(sid)}/action/${action}`);

describe('actions', () => {
  test('restart, collectNow, stop, start', async () => {
    const sid = await newSource('steered');
    await inState(sid, 'Collecting');
    for (const action of ['restart', 'collectNow'])
      expect(await act(sid, action)).toMatchObject({ status: 200, json: { message: expect.any(String) } });
    await until(
      () => stack().service.status(String(sid)),
      ({ snapshot }) => snapshot?.restarts === 1,
    );
    await inState(sid, 'Collecting');
    expect((await act(sid, 'stop')).status).toBe(200);
    await inState(sid, 'Stopped');
    expect((await act(sid, 'stop')).status).toBe(200);
    for (const action of ['restart', 'collectNow'])
      expect((await act(sid, action)).json).toMatchObject({ status: 409, code: 'collectors.source.stopped' });
    expect((await act(sid, 'start')).status).toBe(200);
    await inState(sid, 'Collecting');
    expect((await act(sid, 'start')).status).toBe(200);
    const { json } = await api<Page<{ action: string; outcome: string }>>('GET', `v1/auditTrail?sourceId=${sid}`);
    expect(json.data.map(({ action, outcome }) => `${action} ${outcome}`).reverse()).toEqual([
      ...[
        'source.create done',
        'source.restart done',
        'source.collectNow done',
        'source.stop done',
        'source.stop done',
      ],
      ...['source.restart failed', 'source.collectNow failed', 'source.start done', 'source.start done'],
    ]);
  });

  test('of an unknown source are 404, of one of another collector, too', async () => {
    const sid = await newSource('elsewhere');
    const other = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
      body: { collector: { name: 'other' } },
    });
    for (const path of [`v1/collectors/${other.json.collector.id}/sources/${sid}`, pathOf(987_654)]) {
      expect((await api('POST', `${path}/action/restart`)).json).toMatchObject({
        status: 404,
        code: 'collectors.source.invalid',
      });
      for (const part of ['', '/snapshot', '/gaps', '/quarantine'])
        expect((await api('GET', path + part)).status).toBe(404);
    }
  });
});

test('download is as in a file, without what changes by itself', async () => {
  const sid = await newSource('downloaded');
  const { json, headers } = await api<{ source: object }>('GET', `${pathOf(sid)}?download=true`);
  expect(Object.keys(json)).toEqual(['api.version', 'source']);
  expect(Object.keys(json.source).sort()).toEqual(['config', 'schemaRef', 'sourceType']);
  expect(headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
  const all = await api<{ sources: object[] }>('GET', `v1/collectors/${cid}/sources?download=true`);
  expect(all.json).toMatchObject({ 'api.version': 'v1', sources: expect.arrayContaining([json.source]) });
});

test('all sources over all collectors, with their states and health', async () => {
  const [good, bad] = [await newSource('good'), await newSource('bad', { clientSecret: 'wrong' })];
  const list = async () =>
    (await api<{ sources: (Shown & { health: string; collectorName: string })[] }>('GET', 'v1/sources')).json.sources;
  const settled = await until(list, (sources) =>
    [good, bad].every((sid) =>
      ['Collecting', 'Error'].includes(sources.find(({ id }) => id === sid)?.state.state ?? ''),
    ),
  );
  expect(settled.find(({ id }) => id === good)).toMatchObject({ state: { state: 'Collecting' }, health: 'Healthy' });
  expect(settled.find(({ id }) => id === bad)).toMatchObject({
    collectorName: 'overview',
    state: { state: 'Error', errorType: 'THIRD-PARTY-CONFIG' },
    health: 'Error',
  });
});

test('a line of the list has what tells sources apart: type, category and fields', async () => {
  const sid = await newSource('described', { category: 'email/in', fields: { team: 'blue', _siemForward: true } });
  const { json } = await api<{ sources: Shown[] }>('GET', 'v1/sources');
  expect(json.sources.find(({ id }) => id === sid)).toMatchObject({
    schemaRef: { type: 'Mimecast' },
    category: 'email/in',
    fields: { team: 'blue', _siemForward: true },
  });
});

test('what to do about an error is told by itself, too', async () => {
  const sid = await newSource('advised', { clientSecret: 'wrong' });
  const state = async () =>
    (await api<{ source: { state: Record<string, string> } }>('GET', pathOf(sid))).json.source.state;
  const { errorInfo, errorAdvice } = await until(state, (told) => told.errorAdvice !== undefined);
  expect(errorAdvice).toContain('client ID and secret');
  expect(errorInfo).toContain(errorAdvice);
});

test('activity: records of the last hour by five minutes, and how far each source is behind', async () => {
  const sid = await newSource('active');
  await inState(sid, 'Collecting');
  const look = async () => {
    const { sources } = await new SourceActivities({ collections, client: stack().client }).get();
    return { own: sources.find(({ id }) => id === sid), stored: await countStored(collections, sid) };
  };
  const { own } = await until(
    look,
    (seen) => seen.own?.lagMs === 0 && seen.stored > 0 && seen.own.counts.reduce((a, b) => a + b, 0) === seen.stored,
  );
  expect(own?.counts).toHaveLength(12);
  const { json } = await api('GET', 'v1/sources/activity', { key: get().viewer });
  expect(json).toMatchObject({ since: expect.stringMatching(/Z$/), stepMs: 300_000 });
});

test('the JSON Schema of a source is served, for forms', async () => {
  interface Needs {
    readonly required: readonly string[];
    readonly then: { readonly required: readonly string[]; readonly properties: object };
    readonly else: { readonly required: readonly string[]; readonly properties: object };
  }
  const { json } = await api<{ properties: { source: { properties: { config: Needs } } } }>('GET', 'v1/sources/schema');
  const { config } = json.properties.source.properties;
  expect(config.required).toEqual(['name', 'dataCollection']);
  const ofTheApi = ['clientID', 'clientSecret', 'baseUrl', 'backfill', 'lag', 'overlap'];
  expect([config.then.required, Object.keys(config.then.properties)]).toEqual([['s3'], ofTheApi]);
  expect([config.else.required, Object.keys(config.else.properties)]).toEqual([['clientID', 'clientSecret'], ['s3']]);
});

test('each mistake of a configuration stands by itself, too', async () => {
  const { json } = await api<{ message: string; mistakes: string[] }>('POST', `v1/collectors/${cid}/sources`, {
    body: body({ name: '', pollInterval: 'often' }),
  });
  expect(json.mistakes).toEqual([
    expect.stringMatching(/^source\.config\.name: /),
    expect.stringMatching(/^source\.config\.pollInterval: /),
  ]);
  expect(json.message).toContain(json.mistakes.join('; '));
});

test('a snapshot tells each stream', async () => {
  const sid = await newSource('told');
  await inState(sid, 'Collecting');
  const { json } = await api<{ snapshot: { streams: unknown[] } }>('GET', `${pathOf(sid)}/snapshot`);
  expect(json).toMatchObject({ sourceId: sid, state: 'Collecting', collector: 'overview' });
  expect(json.snapshot.streams).toHaveLength(STREAMS.length);
});

test('HEAD of what is there is answered without a body', async () => {
  const sid = await newSource('headed');
  const paths = ['', '/snapshot', '/healthEvents', '/gaps', '/quarantine'].map((part) => pathOf(sid) + part);
  for (const path of [...paths, `v1/collectors/${cid}`, `v1/collectors/${cid}/sources`, 'v1/sources'])
    expect(await api('HEAD', path)).toMatchObject({ status: 200, text: '' });
});

test('the health events of a source, the open ones and those that have ended', async () => {
  const sid = await newSource('once ill', { clientSecret: 'wrong' });
  interface Event {
    readonly eventId: string;
    readonly status: string;
  }
  const events = async () => (await api<{ open: Event[]; recent: Event[] }>('GET', `${pathOf(sid)}/healthEvents`)).json;
  const { open } = await until(events, (told) => told.open.length > 0);
  expect(open).toMatchObject([
    {
      eventName: 'ThirdPartyConfigError',
      status: 'UnHealthy',
      sourceId: sid,
      attempts: expect.any(Number),
      occurrences: 1,
      resourceIdentity: { name: 'once ill', collectorName: 'overview' },
    },
  ]);
  expect((await api('PUT', pathOf(sid), { body: body({ name: 'once ill', pollInterval: '1m' }) })).status).toBe(200);
  const { recent } = await until(events, (told) => told.open.length === 0);
  expect(recent).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ eventId: open[0]?.eventId, resolvedAt: expect.any(String) }),
      expect.objectContaining({ status: 'Healthy', closes: open[0]?.eventId }),
    ]),
  );
  const viewed = await api('GET', `${pathOf(sid)}/healthEvents`, { key: get().viewer });
  expect(viewed.status).toBe(200);
  expect((await api('GET', `${pathOf(987_654)}/healthEvents`)).status).toBe(404);
});

test('gaps and quarantine page by page', async () => {
  const sid = await newSource('lossy');
  const at = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours));
  for (let n = 0; n < 5; n += 1) {
    await recordGap(collections, {
      sourceId: sid,
      stream: 'audit',
      from: at(n),
      to: at(n + 1),
      reason: `gap ${n}`,
    });
    const id = new Binary(Buffer.from([sid, n]));
    await quarantine(collections, sid, 'dlp', [{ id, reason: `line ${n}`, place: 'p', text: 'x', size: 1 }]);
  }
  for (const part of ['gaps', 'quarantine']) {
    const reasons: unknown[] = [];
    let token = '';
    for (let page = 0; page < 3; page += 1) {
      const { json } = await api<Page>('GET', `${pathOf(sid)}/${part}?limit=2${token}`);
      reasons.push(...json.data.map(({ reason }) => reason));
      token = `&token=${json.next}`;
      expect(json.next === undefined).toBe(page === 2);
    }
    expect(new Set(reasons).size, part).toBe(5);
  }
});

test('health events: the unresolved ones, of all and of some resources, page by page', async () => {
  const bad = [
    await newSource('ill 1', { clientSecret: 'wrong' }),
    await newSource('ill 2', { clientSecret: 'wrong' }),
  ];
  for (const sid of bad) await inState(sid, 'Error');
  const all = await until(
    async () =>
      (await api<Page<{ eventId: string; resourceIdentity: { name: string } }>>('GET', 'v1/healthEvents')).json,
    ({ data }) =>
      ['ill 1', 'ill 2'].every((name) => data.some(({ resourceIdentity }) => resourceIdentity.name === name)),
  );
  expect(all.data[0]).toMatchObject({
    eventName: 'ThirdPartyConfigError',
    details: { trackerId: expect.any(String), error: expect.any(String), description: expect.any(String) },
    subsystem: 'Collection',
    severityLevel: 'Error',
    resourceIdentity: { id: expect.stringMatching(/^[0-9A-F]{16}$/), type: 'Source', collectorName: 'overview' },
  });
  const paged: string[] = [];
  for (let token = ''; ; ) {
    const { json } = await api<Page<{ eventId: string }>>('GET', `v1/healthEvents?limit=1${token}`);
    paged.push(...json.data.map(({ eventId }) => eventId));
    if (json.next === undefined) break;
    token = `&token=${json.next}`;
  }
  expect(paged).toEqual(all.data.map(({ eventId }) => eventId));
  const of = async (data: unknown) =>
    (await api<Page>('POST', 'v1/healthEvents/resources', { body: { data } })).json.data;
  const hex = (bad[0] ?? 0).toString(16).toUpperCase().padStart(16, '0');
  expect(await of([{ id: hex, type: 'Source' }])).toMatchObject([{ resourceIdentity: { name: 'ill 1' } }]);
  expect(await of([{ id: String(bad[1]), type: 'Source', name: 'ill 2' }])).toHaveLength(1);
  expect((await of([{ id: String(cid), type: 'Collector' }])).length).toBe(all.data.length);
  expect(await of([{ id: '1', type: 'IngestBudget' }])).toEqual([]);
  for (const query of ['limit=0', 'limit=1001', 'token=x'])
    expect((await api('GET', `v1/healthEvents?${query}`)).json).toMatchObject({
      errors: [{ code: expect.any(String) }],
    });
});

test('events: all states at first, then every change, until the end of the source', async () => {
  const { accessId, accessKey } = get().viewer;
  const closing = new AbortController();
  const response = await fetch(`${get().url}/api/v1/events`, {
    headers: { authorization: basic(accessId, accessKey) },
    signal: closing.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  await until(
    () => text,
    (seen) => seen.includes('event: states'),
  );
  const sid = await newSource('watched');
  const seen = (state: string) =>
    until(
      () => text.split('\n').filter((line) => line.includes(`"id":${sid},`)),
      (lines) => lines.some((line) => line.includes(`"state":"${state}"`)),
    );
  await seen('Collecting');
  await api('DELETE', pathOf(sid));
  await seen('Deleted');
  closing.abort();
  await reading;
});
