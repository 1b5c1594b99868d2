import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Client, download, LIST_PATHS, NOON, start } from './client.js';

const BATCH = '/siem/v1/batch/events/cg?type=receipt';

async function urls(client: Client, count: number): Promise<string[]> {
  return [...(await client.files('receipt')).values()].slice(0, count);
}

async function fired(client: Client): Promise<unknown[]> {
  const { faults } = (await (await client.fetch('/_simulator/faults')).json()) as { faults: { fired: number }[] };
  return faults.map((fault) => fault.fired);
}

function isBroken(line: string): boolean {
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}

describe('answers in place of the endpoint', () => {
  test.each([
    ['a status', { status: 503 }, 503, '', {}],
    ['a text', { status: 502, body: '<html>' }, 502, '<html>', {}],
    ['JSON and headers', { status: 418, body: { a: 1 }, headers: { 'x-a': 'b' } }, 418, '{"a":1}', { 'x-a': 'b' }],
    ['an expired token', { error: 'token_expired' }, 401, '"token_expired"', {}],
    ['a forbidden application', { error: 'app_forbidden' }, 403, '"app_forbidden"', {}],
    ['a failure with HTTP 200', { error: 'fail200' }, 200, '"err_internal"', {}],
    ['a date out of reach', { error: 'retention' }, 400, '7-day retention', {}],
    ['a quota used up', { rateLimited: { resetMs: 1500 } }, 429, 'fail', { 'x-ratelimit-reset': '1500' }],
    ['a quota with Retry-After', { rateLimited: { retryAfterSeconds: 7 } }, 429, 'fail', { 'retry-after': '7' }],
    ['another content type', { contentType: 'text/html' }, 200, '"value"', { 'content-type': 'text/html' }],
  ])('%s', async (_, action, status, body, headers) => {
    const client = await start();
    expect((await client.fault({ endpoint: 'batch', action })).status).toBe(201);
    const response = await client.api(BATCH);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value);
    expect((await client.api(BATCH)).headers.get('content-type')).toBe('application/json');
  });

  test('wrong credentials at the token endpoint', async () => {
    const client = await start();
    await client.fault({ endpoint: 'token', action: { error: 'invalid_client' } });
    expect([(await client.requestToken()).status, (await client.requestToken()).status]).toEqual([401, 200]);
  });
});

describe('something else in the place of a file, which does not count as served', () => {
  test.each<[string, object, string]>([
    ['a JSON error', { status: 200, body: { msg: 'later' } }, '{"msg":"later"}'],
    ['nothing', { status: 200 }, ''],
    ['blank lines', { status: 200, body: ' \n\n' }, ' \n\n'],
    ['a gzip of a JSON error', { status: 200, body: { msg: 'later' }, gzipBody: true }, '{"msg":"later"}'],
    ['a gzip of nothing', { status: 200, gzipBody: true }, ''],
  ])('%s', async (_, action, text) => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    expect((await client.fault({ endpoint: 'file', action })).status).toBe(201);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(('gzipBody' in action ? gunzipSync(bytes) : bytes).toString()).toBe(text);
    const { streams } = (await client.truth('?totals=true')).tenants.C0A1 ?? {};
    expect(streams?.receipt?.served.lines).toBe(0);
  });
});

describe('a body that drips', () => {
  const served = async (client: Client) =>
    (await client.truth('?totals=true')).tenants.C0A1?.streams.receipt?.served.lines;

  test('comes byte by byte to its end', async () => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const afterBytes = whole.length - 5;
    await client.fault({ endpoint: 'file', action: { drip: { afterBytes, everyMs: 20 } } });
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await fetch(url)).body ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(whole);
    expect(chunks.length).toBeGreaterThan(2);
    expect(await served(client)).toBeGreaterThan(0);
  });

  test('and is destroyed after a while does not count as served', async () => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    await client.fault({ endpoint: 'file', action: { drip: { afterBytes: 3, everyMs: 5, forMs: 50 } } });
    const response = await fetch(url);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await served(client)).toBe(0);
  });

  test('of a client that has gone is dripped no more', async () => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    await client.fault({ endpoint: 'file', action: { drip: { afterBytes: 1, everyMs: 5 } } });
    for await (const _ of (await fetch(url)).body ?? []) break;
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('broken connections', () => {
  test('cut before the answer', async () => {
    const client = await start();
    await client.fault({ endpoint: 'batch', action: { cut: true } });
    await expect(client.api(BATCH)).rejects.toThrow('fetch failed');
    expect((await client.api(BATCH)).status).toBe(200);
  });

  test.each([1, 200, 1_000_000])('cut after %i bytes of a file, which does not count as served', async (afterBytes) => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    await client.fault({ endpoint: 'file', action: { cut: { afterBytes } } });
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    const { streams } = (await client.truth('?totals=true')).tenants.C0A1 ?? {};
    expect(streams?.receipt?.served.lines).toBe(0);
  });

  test('hang: no answer ever', async () => {
    const client = await start();
    await client.fault({ endpoint: 'audit', action: { hang: true } });
    const abort = new AbortController();
    const waiting = fetch(new URL(LIST_PATHS.audit, client.simulator.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}` },
      signal: abort.signal,
    });
    await expect.poll(() => fired(client)).toEqual([1]);
    abort.abort();
    await expect(waiting).rejects.toThrow('abort');
    const { calls } = (await (await client.fetch('/_simulator/calls')).json()) as { calls: object };
    expect(calls).toMatchObject({ audit: { calls: 1, byStatus: { none: 1 } } });
  });

  test('delay: the same answer, later', async () => {
    const client = await start();
    await client.fault({ endpoint: 'batch', action: { delayMs: 5 } });
    expect((await client.api(BATCH)).status).toBe(200);
    expect(await fired(client)).toEqual([1]);
  });
});

test('revoked tokens: the call itself is refused, and so is every other until there is a new token', async () => {
  const client = await start();
  await client.fault({ endpoint: 'batch', skip: 1, action: { revokeTokens: true } });
  const statuses = [];
  for (let call = 0; call < 3; call += 1) statuses.push((await client.api(BATCH)).status);
  expect(statuses).toEqual([200, 401, 401]);
  expect((await client.requestToken()).status).toBe(200);
});

describe('damaged files', () => {
  test.each([[{ truncateGzip: true }], [{ truncateGzip: 0.9 }], [{ corruptGzip: true }]])(
    '%j can not be unpacked, and is not served',
    async (action) => {
      const client = await start();
      const [url = ''] = await urls(client, 1);
      await client.fault({ endpoint: 'file', action });
      await expect(download(url)).rejects.toThrow();
      const before = await client.truth();
      expect(before.tenants.C0A1?.streams.receipt?.lines).toEqual([]);
      const lines = await download(url);
      const after = await client.truth('?totals=true');
      expect(after.tenants.C0A1?.streams.receipt?.served.lines).toBe(lines.length);
    },
  );

  test('a malformed line stands among the others, and is no truth', async () => {
    const client = await start();
    const [url = ''] = await urls(client, 1);
    const sound = await download(url);
    await client.fault({ endpoint: 'file', action: { malformedLine: 3 } });
    const lines = await download(url);
    expect(lines.map(isBroken).indexOf(true)).toBe(3);
    expect(lines.toSpliced(3, 1)).toEqual(sound);
    const { streams } = (await client.truth('?totals=true')).tenants.C0A1 ?? {};
    expect(streams?.receipt?.served.lines).toBe(sound.length);
  });

  test.each(['batch', 'file'])('expired URL by fault of %s', async (endpoint) => {
    const client = await start();
    await client.fault({ endpoint, times: endpoint === 'batch' ? -1 : 1, action: { expiredUrl: true } });
    const [url = ''] = await urls(client, 1);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
    await client.fetch('/_simulator/faults', { method: 'DELETE' });
    const [fresh = ''] = await urls(client, 1);
    expect((await fetch(fresh)).status).toBe(200);
  });
});

describe('which requests', () => {
  const statuses = async (client: Client, paths: readonly string[]): Promise<number[]> => {
    const found: number[] = [];
    for (const path of paths) found.push((await client.api(path)).status);
    return found;
  };
  const action = { status: 500 };
  const receipt = BATCH;
  const av = '/siem/v1/batch/events/cg?type=av,spam';

  test.each([
    ['once by default', { endpoint: 'batch', action }, [receipt, av], [500, 200]],
    ['several times', { endpoint: 'batch', times: 2, action }, [receipt, av, av], [500, 500, 200]],
    ['after some', { endpoint: 'batch', skip: 1, action }, [receipt, av, av], [200, 500, 200]],
    ['until cleared', { endpoint: '*', times: -1, action }, [receipt, av, av], [500, 500, 500]],
    ['by type', { endpoint: 'batch', match: { type: 'spam' }, action }, [receipt, av], [200, 500]],
    ['by path', { endpoint: '*', match: { pathContains: 'av,spam' }, action }, [receipt, av], [200, 500]],
    ['by tenant', { endpoint: '*', match: { tenant: 'C0A2' }, action }, [receipt, av], [200, 200]],
    ['by chance', { endpoint: 'batch', probability: 0, times: -1, action }, [receipt, av], [200, 200]],
    [
      'two faults in turn',
      [
        { endpoint: 'batch', action },
        { endpoint: 'batch', skip: 1, action: { status: 502 } },
      ],
      [av, av],
      [500, 502],
    ],
  ])('%s', async (_, fault, paths, expected) => {
    const client = await start();
    await client.fault(fault);
    expect(await statuses(client, paths)).toEqual(expected);
  });

  test('faults are listed, and cleared one by one or all', async () => {
    const client = await start({}, { now: NOON });
    const fault = { endpoint: 'batch', times: -1, action };
    expect(await (await client.fault([fault, fault, fault])).json()).toEqual({ ids: [1, 2, 3] });
    await client.fetch('/_simulator/faults/2', { method: 'DELETE' });
    expect((await client.fetch('/_simulator/faults/2', { method: 'DELETE' })).status).toBe(404);
    expect(await fired(client)).toEqual([0, 0]);
    await client.fetch('/_simulator/faults', { method: 'DELETE' });
    expect(await fired(client)).toEqual([]);
  });
});

test.each([
  ['[]x', ['the body is not JSON']],
  ['{}', ['endpoint is required', 'action is required']],
  [
    '{"endpoint":"mail","times":-2,"when":1,"match":{"kind":"av"},"action":{"cut":3,"error":"x"}}',
    ['endpoint must be', 'times must be', 'when is not known', 'kind is not known', 'cut must be', 'error must be'],
  ],
  ['[{"endpoint":"*","action":{"status":500}},{"endpoint":"*","action":{}}]', ['fault 1: action must name']],
  ['{"endpoint":"audit","action":{"corruptGzip":true}}', ['corruptGzip is for the endpoints file']],
])('a bad fault is refused with all its mistakes: %s', async (body, mistakes) => {
  const client = await start();
  const response = await client.fetch('/_simulator/faults', { method: 'POST', body });
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: string[] };
  for (const mistake of mistakes) expect(errors.join('\n')).toContain(mistake);
  expect(await fired(client)).toEqual([]);
});
