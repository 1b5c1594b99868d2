/** What a page about one source is made of: its state, its records over time, its problems, its quarantine. */

import { randomBytes, randomUUID } from 'node:crypto';
import { Binary, MongoServerError } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { volumeOfSource, volumeRange } from '../../src/management/sources/source-volume.js';
import type { HealthEventDocument } from '../../src/store/health-events.js';
import { quarantine } from '../../src/store/quarantine.js';
import { volumeOf } from '../../src/store/volume.js';
import { apiServer, basic } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { databaseOf, RECORDS, raw, withMethods } from '../support/raw-collections.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 2 * 3_600_000, historyRate: 30, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });

let sid = 0;
let path = '';
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  stopWorker = await stack().startWorker();
  const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'details' } },
  });
  const sources = `v1/collectors/${made.json.collector.id}/sources`;
  const body = sourceFile(stack().simulator, { dataCollection: ['dlp', 'auditEvent'], pollInterval: '1h' });
  sid = (await api<{ source: { id: number } }>('POST', sources, { body })).json.source.id;
  path = `${sources}/${sid}`;
  await until(
    () => stack().service.status(String(sid)),
    ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting'),
  );
});

const counted = (stream: 'dlp' | 'audit') => raw(collections).records(stream).countDocuments({ _sourceId: sid });

describe('volume', () => {
  interface Volume {
    readonly from: string;
    readonly to: string;
    readonly widthMs: number;
    readonly streams: readonly { readonly stream: string; readonly counts?: readonly number[] }[];
  }
  const volume = (query: string) => api<Volume>('GET', `${path}/volume?${query}`);

  test('counts what is stored, bucket by bucket, of the streams that the source collects', async () => {
    const { status, json } = await api<Volume>('GET', `${path}/volume?since=24h&buckets=48`, { key: get().viewer });
    expect([status, json.widthMs]).toEqual([200, 1_800_000]);
    expect(json.streams.map(({ stream }) => stream)).toEqual(['audit', 'dlp']);
    for (const { stream, counts = [] } of json.streams) {
      expect(counts).toHaveLength(48);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(await counted(stream as 'dlp'));
      // All is from the last two hours.
      expect(counts.slice(0, 40).every((count) => count === 0)).toBe(true);
    }
  });

  test('the beginning of a range belongs to it, its end does not', async () => {
    const [one] = await raw(collections).records('dlp').find({ _sourceId: sid }).limit(1).toArray();
    const at = one?._messageTime ?? new Date();
    const same = await raw(collections).records('dlp').countDocuments({ _sourceId: sid, _messageTime: at });
    const plus = (ms: number) => new Date(at.getTime() + ms).toISOString();
    const sum = async (since: string, to: string) => {
      const { json } = await volume(`since=${since}&until=${to}&buckets=1`);
      return json.streams.find(({ stream }) => stream === 'dlp')?.counts;
    };
    expect(await sum(plus(0), plus(1))).toEqual([same]);
    expect(await sum(plus(1), plus(2))).not.toEqual([same + 1]);
    expect((await volume(`since=${plus(-1)}&until=${plus(0)}&buckets=1`)).json.streams[1]?.counts).toEqual([0]);
  });

  test('what takes too long is given up, and told as not counted', async () => {
    const range = volumeRange({ since: '1h' }, 10, Date.now());
    const slow = withMethods(collections, RECORDS, () => ({
      aggregate: () => ({ toArray: () => Promise.reject(new MongoServerError({ code: 50, message: 'time is up' })) }),
    }));
    expect((await volumeOfSource(slow, sid, range)).streams).toEqual([{ stream: 'audit' }, { stream: 'dlp' }]);
    expect(await volumeOf(collections, 'dlp', sid, range, 0)).toBeUndefined();
  });

  test.each([
    ['since=yesterday', 'since: "yesterday" is neither'],
    ['until=soon', 'until: "soon" is neither'],
    ['since=1h&until=2h', 'since: must be before "until"'],
    ['since=1900-01-01', 'since: must be within ten years'],
    [`since=${'9'.repeat(20)}5d&until=${'9'.repeat(20)}d`, 'since: "'],
    ['buckets=0', 'must be a number from 1 to 500'],
    ['buckets=501', 'must be a number from 1 to 500'],
  ])('%s is refused', async (query, wanted) => {
    const { status, json } = await volume(query);
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining(wanted) }]);
  });

  test('no document is read for it', async () => {
    const db = databaseOf(collections);
    await db.command({ profile: 2 });
    await volume('since=7d');
    await db.command({ profile: 0 });
    const seen = await db.collection('system.profile').find({ 'command.aggregate': 'mimecast_dlp_logs' }).toArray();
    expect(seen).toMatchObject([{ docsExamined: 0, keysExamined: expect.any(Number) }]);
    expect(seen[0]?.keysExamined).toBeLessThanOrEqual((await counted('dlp')) + 1);
  });
});

describe('the history of health events', () => {
  const event = (n: number, changes: Partial<HealthEventDocument>): HealthEventDocument => {
    const _id = randomUUID();
    return {
      ...{ _id, eventId: _id, eventType: 'Health-Change', eventName: 'ThirdPartyGenericError' },
      ...{ eventFormatVersion: '1.0', eventTime: `2026-01-0${n}T00:00:00.000Z`, subsystem: 'Collection' },
      ...{ status: 'UnHealthy', severityLevel: 'Error', sourceId: sid, subject: 'dlp', attempts: 1, occurrences: 1 },
      details: {
        trackerId: 'ThirdPartyGeneric',
        error: `dlp: ${n}`,
        name: 'x',
        description: 'Mimecast is away (a+)$.',
      },
      resourceIdentity: { id: '1', name: 'x', type: 'Source', collectorId: '1', collectorName: 'x' },
      updatedAt: new Date(),
      ...changes,
    };
  };
  const resolvedAt = new Date('2026-02-01T00:00:00Z');
  beforeAll(async () => {
    const config = { trackerId: 'ThirdPartyConfig', error: 'audit: 2', name: 'x', description: 'Role.' };
    await raw(collections).healthEvents.insertMany([
      event(1, {}),
      event(2, { subject: 'audit', resolvedAt, details: config }),
      event(3, { resolvedAt }),
      event(4, { status: 'Healthy', closes: 'x' }),
      event(5, { sourceId: sid + 1 }),
    ]);
  });
  const found = async (query: string) =>
    (
      await api<{ data: { details: { error: string } }[] }>('GET', `${path}/healthEvents/history?${query}`)
    ).json.data.map(({ details }) => details.error);

  test.each([
    ['', ['dlp: 3', 'audit: 2', 'dlp: 1']],
    ['state=open', ['dlp: 1']],
    ['state=ended', ['dlp: 3', 'audit: 2']],
    ['subject=audit', ['audit: 2']],
    ['type=ThirdPartyConfig', ['audit: 2']],
    ['text=ROLE', ['audit: 2']],
    ['text=DLP: 3', ['dlp: 3']],
    ['text=(a%2B)$', ['dlp: 3', 'dlp: 1']],
    ['text=.*', []],
    ['text=%00', []],
    ['state=ended&type=ThirdPartyGeneric&subject=dlp&text=away', ['dlp: 3']],
    ['limit=1', ['dlp: 3']],
  ])('"%s"', async (query, wanted) => {
    expect(await found(query)).toEqual(wanted);
  });

  test('what nobody can mean is refused', async () => {
    for (const query of ['state=x', 'type=x', `text=${'x'.repeat(201)}`, 'subject[$ne]=dlp'])
      expect((await api('GET', `${path}/healthEvents/history?${query}`)).status).toBe(400);
  });
});

test('the content of a quarantined entry is a file, as it was received', async () => {
  const [bytes, text] = [Buffer.from([0xff, 0x00, 0x3c]), '<script>é</script>'];
  const entries = [
    { id: new Binary(randomBytes(16)), reason: 'r', place: 'p', text: 'x', size: 3, bytes },
    { id: new Binary(randomBytes(16)), reason: 'r', place: 'p', text, size: 20 },
  ];
  await quarantine(collections, sid, 'dlp', entries);
  const { accessId, accessKey } = get().viewer;
  for (const [index, wanted] of [bytes, Buffer.from(text)].entries()) {
    const id = entries[index]?.id.toString('hex');
    const response = await fetch(`${get().url}/api/${path}/quarantine/${id}/content`, {
      headers: { authorization: basic(accessId, accessKey) },
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(wanted);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{ 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' },
      'content-disposition': `attachment; filename="quarantined-${id}.txt"`,
      'content-security-policy': "default-src 'none'; sandbox",
    });
  }
  const unknown = await api('GET', `${path}/quarantine/${'0'.repeat(32)}/content`);
  expect([unknown.status, unknown.json]).toMatchObject([404, { code: 'collectors.source.quarantine.none' }]);
  expect((await api('GET', `${path}/quarantine/x/content`)).status).toBe(400);
});

test('what was read again is listed by kind; nothing before the first', async () => {
  const list = async () =>
    (await api<{ rereads: { kind: string; state: string }[] }>('GET', `${path}/rereads`)).json.rereads;
  expect(await list()).toEqual([]);
  await api('POST', `${path}/rereads/verify`, { body: { streams: ['dlp'], from: '1h' } });
  await until(list, ([last]) => last?.kind === 'verify' && last.state === 'COMPLETED');
});

test('the state of a source by its id alone: as people read it, also while no worker answers', async () => {
  interface Details {
    readonly source: {
      readonly state: { readonly state: string };
      readonly collectorName: string;
      readonly health: string;
    };
    readonly view?: { readonly streams: readonly { readonly stream: string; readonly stored: number }[] };
    readonly note?: string;
  }
  const details = async () => (await api<Details>('GET', `v1/sources/${sid}`, { key: get().viewer })).json;
  const known = await details();
  expect(known).toMatchObject({ source: { collectorName: 'details', state: { state: 'Collecting' } } });
  expect(known.view?.streams.find(({ stream }) => stream === 'dlp')?.stored).toBe(await counted('dlp'));
  // Nobody said where Temporal's Web UI is.
  expect(known).not.toHaveProperty('workflowUrl');
  expect((await api('GET', 'v1/sources/987654')).json).toMatchObject({ code: 'collectors.source.invalid' });
  await stopWorker();
  const alone = await until(details, ({ view }) => view === undefined);
  expect(alone).toMatchObject({ source: { collectorName: 'details' }, note: expect.stringContaining('worker') });
});
