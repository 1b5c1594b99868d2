/** Collectors over HTTP: reading, writing, and every mistake in them. */

import { describe, expect, test } from 'vitest';
import { apiServer } from '../support/api-server.js';
import { ensureCollector } from '../support/ensure-collector.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

interface One {
  readonly collector: Readonly<Record<string, unknown>> & { readonly id: number };
}

const hosted = (more: Readonly<Record<string, unknown>>) => ({ collector: { collectorType: 'Hosted', ...more } });

async function create(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { status, json, text } = await api<One>('POST', 'v1/collectors', { body: hosted({ name, ...more }) });
  if (status !== 200) throw new Error(text);
  return json.collector.id;
}

test('what is created is read as it was given', async () => {
  const given = {
    name: 'Berlin / west.1',
    description: 'of the office',
    category: 'email/mimecast',
    timeZone: 'Etc/UTC',
    fields: { environment: 'lab' },
  };
  const created = await api<One>('POST', 'v1/collectors', { body: hosted({ ...given, ephemeral: false }) });
  expect(created.status).toBe(200);
  const { id } = created.json.collector;
  const whole = {
    id,
    ...given,
    links: [{ rel: 'sources', href: `/v1/collectors/${id}/sources` }],
    collectorType: 'Hosted',
    collectorVersion: '',
    alive: true,
  };
  expect(created.json.collector).toEqual(whole);
  const read = await api<One>('GET', `v1/collectors/${id}`);
  expect(read).toMatchObject({ status: 200, json: { collector: whole } });
  expect(read.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
  expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
});

test('a collector that the command line made is one of them', async () => {
  const id = await ensureCollector(collections, 'made by the CLI');
  expect((await api<One>('GET', `v1/collectors/${id}`)).json.collector).toMatchObject({ id, name: 'made by the CLI' });
});

test('the list has a filter, a limit and an offset', async () => {
  const ids = [await create('page 1'), await create('page 2'), await create('page 3')];
  const all = await api<{ collectors: { id: number }[] }>('GET', 'v1/collectors');
  expect(all.json.collectors.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  const at = all.json.collectors.findIndex(({ id }) => id === ids[1]);
  const page = await api<{ collectors: { id: number }[] }>('GET', `v1/collectors?filter=hosted&limit=1&offset=${at}`);
  expect(page.json.collectors.map(({ id }) => id)).toEqual([ids[1]]);
  for (const filter of ['installed', 'dead'])
    expect((await api('GET', `v1/collectors?filter=${filter}`)).json).toEqual({ collectors: [] });
  for (const query of ['filter=none', 'limit=0', 'limit=1001', 'limit=x', 'offset=-1', 'colour=red'])
    expect((await api('GET', `v1/collectors?${query}`)).status, query).toBe(400);
});

test('HEAD of the collectors is answered, as the provider asks for its region so', async () => {
  expect((await api('HEAD', 'v1/collectors')).status).toBe(200);
});

test('offline collectors there are none', async () => {
  expect((await api('GET', 'v1/collectors/offline?aliveBeforeDays=1')).json).toEqual({ collectors: [] });
  expect((await api('DELETE', 'v1/collectors/offline')).status).toBe(200);
  expect((await api('GET', 'v1/collectors/offline?aliveBeforeDays=0')).status).toBe(400);
});

describe('by name', () => {
  test.for([
    'plain',
    'with space',
    'my.coll',
    'a/b',
    'a/b/c.d',
    'semi;colon',
    'back\\slash',
    '50% off',
    '100%',
    'p%41q',
    '5%E4',
    '5%E4 of 100%',
    'twice %2541',
    '%%',
    'ünïcode ✓',
    'q?uestion',
    'ends with slash/',
    'name',
    "quote's",
  ])('%s', async (name) => {
    const id = await create(name);
    const escaped = encodeURIComponent(name);
    const spaced = name.replaceAll(' ', '%20').replaceAll('?', '%3F').replaceAll('\\', '%5C');
    for (const path of [escaped, `${escaped}/`, spaced, `${spaced}/`]) {
      const { status, json } = await api<One>('GET', `v1/collectors/name/${path}`);
      expect({ path, status, id: json.collector?.id }).toEqual({ path, status: 200, id });
    }
  });

  test('what an escape stands for goes before the escape itself', async () => {
    const verbatim = await create('r%41w');
    const asked = async () => (await api<One>('GET', 'v1/collectors/name/r%41w')).json.collector.id;
    expect(await asked()).toBe(verbatim);
    const decoded = await create('rAw');
    expect(await asked()).toBe(decoded);
    expect((await api<One>('GET', 'v1/collectors/name/r%2541w')).json.collector.id).toBe(verbatim);
  });

  test('one that there is not is 404', async () => {
    for (const path of ['', '%E4', '%41%'])
      expect((await api('GET', `v1/collectors/name/${path}`)).json.code).toBe('collectors.collector.invalid');
    const { status, json } = await api('GET', 'v1/collectors/name/nobody');
    expect({ status, json }).toMatchObject({
      status: 404,
      json: { status: 404, code: 'collectors.collector.invalid', message: expect.stringContaining('"nobody"') },
    });
  });
});

describe('PUT', () => {
  test('replaces: what is absent is cleared, and what was transient needs not be there', async () => {
    const id = await create('replaced', {
      description: 'd',
      category: 'c',
      fields: { a: '1' },
      timeZone: 'Asia/Tokyo',
    });
    const body = hosted({ id, name: 'renamed', timeZone: 'Etc/UTC' });
    const { status, json } = await api<One>('PUT', `v1/collectors/${id}`, { body });
    expect(status).toBe(200);
    expect(json.collector).toMatchObject({ id, name: 'renamed', timeZone: 'Etc/UTC', fields: {} });
    expect(json.collector).not.toHaveProperty('description');
    expect(json.collector).not.toHaveProperty('category');
    expect((await api<One>('GET', `v1/collectors/${id}`)).json).toEqual(json);
  });

  test('what was read can be written back as it is, and changes nothing', async () => {
    const id = await create('round trip', { description: 'd', fields: { a: '1', b: '2' } });
    const read = await api<One>('GET', `v1/collectors/${id}`);
    const written = await api<One>('PUT', `v1/collectors/${id}`, { body: read.json });
    expect(written.json).toEqual(read.json);
    expect(written.headers.get('etag')).toBe(read.headers.get('etag'));
    expect(await raw(collections).collectors.findOne({ _id: id })).toMatchObject({ version: 1 });
  });

  test('with a stale ETag is refused, with the right one, a weak one or none made', async () => {
    const id = await create('tagged');
    const tag = async () => (await api('GET', `v1/collectors/${id}`)).headers.get('etag') ?? '';
    const put = async (description: string, headers: Record<string, string>) =>
      (await api('PUT', `v1/collectors/${id}`, { body: hosted({ id, name: 'tagged', description }), headers })).status;
    const first = await tag();
    expect(await put('1', { 'if-match': first })).toBe(200);
    expect(await put('2', { 'if-match': first })).toBe(412);
    expect(await put('3', { 'if-match': `W/${await tag()}` })).toBe(200);
    expect(await put('4', { 'if-match': '' })).toBe(200);
    expect(await put('5', {})).toBe(200);
    expect(await put('6', { 'if-match': '*' })).toBe(200);
    expect((await api<One>('GET', `v1/collectors/${id}`)).json.collector.description).toBe('6');
  });

  test('of many at once with the same ETag, one is made', async () => {
    const id = await create('contended');
    const etag = (await api('GET', `v1/collectors/${id}`)).headers.get('etag') ?? '';
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const body = hosted({ name: 'contended', description: String(n) });
        return (await api('PUT', `v1/collectors/${id}`, { body, headers: { 'if-match': etag } })).status;
      }),
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  test('of another id than that of the address is refused', async () => {
    const id = await create('mine');
    const { status, json } = await api('PUT', `v1/collectors/${id}`, { body: hosted({ id: id + 1, name: 'mine' }) });
    expect({ status, message: json.message }).toEqual({
      status: 400,
      message: expect.stringContaining(`must be ${id}`),
    });
  });
});

describe('mistakes are named, all of them, in the message', () => {
  test.for<[string, unknown, readonly string[]]>([
    ['no body', undefined, ["Missing required field: 'the body'"]],
    ['null', 'null', ["Missing required field: 'the body'"]],
    ['a list', [], ['the body: must be an object']],
    ['no collector', {}, ["Missing required field: 'collector'"]],
    ['no name', hosted({}), ["Missing required field: 'collector.name'"]],
    ['an empty name', hosted({ name: ' ' }), ['collector.name: must not be empty']],
    ['a long name', hosted({ name: 'n'.repeat(129) }), ['collector.name: must have at most 128 characters']],
    ['control characters', hosted({ name: 'a\nb' }), ['collector.name: must not contain control characters']],
    [
      'several',
      hosted({
        name: 7,
        description: 'd'.repeat(1_025),
        category: 'c'.repeat(1_025),
        timeZone: 'Mars/Base',
        colour: 'red',
      }),
      [
        'collector.name: must be a string',
        'collector.description: must have at most 1024',
        'collector.category: must have at most 1024',
        'collector.timeZone: must be a name of the TZ database',
        'collector.colour: unknown key',
      ],
    ],
    [
      'an installed one',
      { collector: { name: 'x', collectorType: 'Installable' } },
      ['collectorType: must be "Hosted"'],
    ],
    [
      'fields',
      hosted({ name: 'x', fields: { a: { b: 1 }, c: 'v'.repeat(201) } }),
      ['collector.fields.a', 'collector.fields.c: must have at most 200'],
    ],
    [
      'too many fields',
      hosted({ name: 'x', fields: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, '1'])) }),
      ['must have at most 10 names'],
    ],
  ])('%s', async ([, body, wanted]) => {
    const { status, json } = await api('POST', 'v1/collectors', body === undefined ? {} : { body });
    expect(status).toBe(400);
    for (const text of wanted) expect(json.message).toContain(text);
  });

  test('a name that is taken, with the id of the one that has it', async () => {
    const id = await create('taken');
    const other = await create('other');
    const wanted = {
      status: 400,
      code: 'collectors.validation.name.duplicate',
      message: expect.stringMatching(new RegExp(`same name already exists.*${id}`)),
    };
    expect((await api('POST', 'v1/collectors', { body: hosted({ name: 'taken' }) })).json).toMatchObject(wanted);
    expect((await api('PUT', `v1/collectors/${other}`, { body: hosted({ name: 'taken' }) })).json).toMatchObject(
      wanted,
    );
  });

  test('of many that are created at once with one name, one is made', async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await api('POST', 'v1/collectors', { body: hosted({ name: 'race' }) })).status,
      ),
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)]);
  });

  test('an id that there is not is 404, one that is none is 400', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await api(method, 'v1/collectors/999999')).json).toMatchObject({
        status: 404,
        id: expect.stringMatching(/^[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}$/),
        code: 'collectors.collector.invalid',
        message: 'The specified collector ID is invalid.',
      });
      expect((await api(method, 'v1/collectors/12x')).status).toBe(400);
    }
  });
});

test('an empty collector is gone once it is deleted, and its name is free', async () => {
  const id = await create('short-lived');
  const deleted = await api('DELETE', `v1/collectors/${id}`);
  expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 200, text: '' });
  expect((await api('GET', `v1/collectors/${id}`)).status).toBe(404);
  expect(await create('short-lived')).toBeGreaterThan(id);
});

test('who changed what stands in the audit trail', async () => {
  const id = await create('audited', { description: 'before' });
  await api('PUT', `v1/collectors/${id}`, { body: hosted({ name: 'audited', description: 'after' }) });
  await api('DELETE', `v1/collectors/${id}`);
  const { json } = await api<{ data: unknown[] }>('GET', `v1/auditTrail?collectorId=${id}`);
  const actor = get().admin.accessId;
  const common = { actor, collectorId: id, name: 'audited', outcome: 'done' };
  expect(json.data).toMatchObject([
    { ...common, action: 'collector.delete', from: { description: 'after' } },
    { ...common, action: 'collector.update', from: { description: 'before' }, to: { description: 'after' } },
    { ...common, action: 'collector.create', to: { name: 'audited', description: 'before' } },
  ]);
});
