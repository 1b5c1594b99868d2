import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { HELD_BACK_BYTES } from '../../src/http-client/gunzip.js';
import type { PaceLimits } from '../../src/http-client/pace.js';
import { MimecastClient } from '../../src/mimecast/client.js';
import { isExpiredFile } from '../../src/mimecast/file-fault.js';
import {
  errorFactsOf,
  type Handler,
  hang,
  happening,
  type LocalServer,
  sendJson,
  serve,
} from '../support/local-server.js';

function open({ url }: LocalServer, signal?: AbortSignal, idleMs = 60_000, pace: Partial<PaceLimits> = {}) {
  const options = { baseUrl: url, clientId: 'id', clientSecret: 'secret', blipWaitsMs: [], idleMs, pace };
  return new MimecastClient({ ...options, allowInsecure: true }).openFile({ url: `${url}/b/f.gz?sig=hush` }, signal);
}

async function read(server: LocalServer, signal?: AbortSignal, idleMs?: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await open(server, signal, idleMs)).bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const send =
  (bytes: Uint8Array, headers = {}): Handler =>
  (_, response) =>
    void response.writeHead(200, headers).end(bytes);
const TEXT = '{"type":"receipt"}\n'.repeat(1_000);
const PART = gzipSync(TEXT).subarray(0, 9);

describe('the content', () => {
  test.each<[string, Uint8Array, string]>([
    ['gzip', gzipSync(TEXT), TEXT],
    ['several gzip members', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), 'a\nb\n'],
    ['plain', Buffer.from(TEXT), TEXT],
    ['a gzip of nothing', gzipSync(''), ''],
    ['nothing', Buffer.alloc(0), ''],
  ])('%s', async (_, bytes, expected) => {
    expect((await read(await serve(send(bytes)))).toString()).toBe(expected);
  });

  test('that the server says is encoded comes unzipped once', async () => {
    const server = await serve(send(gzipSync(TEXT), { 'content-encoding': 'gzip' }));
    expect((await read(server)).toString()).toBe(TEXT);
  });
});

test('the bearer token is not sent, even when the file is on the host of the API', async () => {
  const body = { access_token: 'token', value: [], isCaughtUp: true };
  const server = await serve((_, response) => sendJson(response, 200, body, { 'set-cookie': 'a=b' }));
  const options = { baseUrl: server.url, clientId: 'id', clientSecret: 'secret', allowInsecure: true };
  const mimecast = new MimecastClient(options);
  await mimecast.probe('av');
  for await (const chunk of (await mimecast.openFile({ url: `${server.url}/f` })).bytes) expect(chunk).toBeDefined();
  const headers = server.received.at(-1)?.headers ?? {};
  expect(headers.authorization).toBeUndefined();
  expect(headers.cookie).toBeUndefined();
  expect(JSON.stringify(headers)).not.toMatch(/token|secret/);
});

test.each(['http://bucket.s3.amazonaws.com/f?sig=hush', 'https://10.0.0.1/f?sig=hush', 'hush'])(
  'a file at %s is refused',
  async (url) => {
    const mimecast = new MimecastClient({ baseUrl: 'https://api.example.com', clientId: 'i', clientSecret: 's' });
    const facts = await errorFactsOf(mimecast.openFile({ url }));
    expect(facts).toMatchObject({ origin: 'file', code: 'address_refused' });
    expect(facts.message).not.toContain('hush');
  },
);

describe('an expired file', () => {
  const xml = (code: string) =>
    `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>it says ${code}</Message></Error>`;

  test.each([
    [403, 'AccessDenied', true],
    [404, 'NoSuchKey', true],
    [400, 'ExpiredToken', true],
    [400, 'InvalidRequest', false],
    [503, 'SlowDown', false],
  ])('%i %s: %s', async (status, code, expired) => {
    const server = await serve((_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'a1' }).end(xml(code));
    });
    const error: unknown = await open(server).catch((caught: unknown) => caught);
    expect(isExpiredFile(error)).toBe(expired);
    expect(error).toMatchObject({
      facts: { origin: 'file', endpoint: 'file store', status, code, message: `it says ${code}`, requestId: 'a1' },
    });
  });

  test.each([
    new RawError({ origin: 'mimecast', status: 403, message: '' }),
    new RawError({ origin: 'file', cause: 'reset', message: '' }),
    new Error('x'),
    undefined,
  ])('is not %s', (error) => {
    expect(isExpiredFile(error)).toBe(false);
  });
});

describe('damage', () => {
  const noise = gzipSync(randomBytes(200_000));

  test.each<[string, Handler, string]>([
    ['incomplete gzip', send(noise.subarray(0, 100_000)), 'unreadable'],
    ['gzip without its last byte', send(noise.subarray(0, -1)), 'unreadable'],
    ['damaged gzip', send(Buffer.concat([noise.subarray(0, 10), Buffer.alloc(500, 0xff)])), 'unreadable'],
    ['an HTML page', send(Buffer.from('<html>'), { 'content-type': 'text/html; charset=utf-8' }), 'unreadable'],
    [
      'a connection lost on the way',
      (_, response) => void response.write(noise.subarray(0, 1_000), () => response.socket?.resetAndDestroy()),
      'reset',
    ],
    [
      'less than Content-Length',
      (_, response) => {
        response.writeHead(200, { 'content-length': noise.length }).write(noise.subarray(0, 1_000));
        response.socket?.end();
      },
      'reset',
    ],
    [
      'plain text, less than Content-Length',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"a":1}\n');
        response.socket?.end();
      },
      'reset',
    ],
  ])('%s is trouble', async (_, handler, cause) => {
    const server = await serve(handler);
    const facts = await errorFactsOf(read(server));
    expect(facts).toMatchObject({ origin: 'file', endpoint: 'file store', cause });
    expect(facts.message).toContain(new URL(server.url).host);
    expect(facts.message).not.toContain('hush');
  });
});

describe('silence', () => {
  test.each<[string, Handler]>([
    ['before the answer', hang],
    ['before the content', (_, response) => response.flushHeaders()],
    ['within plain content', (_, response) => void response.write('{"a":1}\n')],
    ['within gzip', (_, response) => void response.write(gzipSync(TEXT).subarray(0, 40))],
  ])('%s is a timeout', async (_, handler) => {
    const server = await serve(handler);
    expect(await errorFactsOf(read(server, undefined, 200))).toMatchObject({
      origin: 'file',
      cause: 'timeout',
      message: expect.stringContaining('sent no data for 0.2 s'),
    });
    await server.closed;
  });
});

describe('a drip', () => {
  const slow = (bytes: Uint8Array, everyMs: number, atOnce = 0): Handler => {
    return async (_, response) => {
      response.write(bytes.subarray(0, atOnce));
      for (let at = atOnce; at < bytes.length && !response.destroyed; at += 1) {
        response.write(bytes.subarray(at, at + 1));
        await delay(everyMs);
      }
      response.end();
    };
  };
  const PACE = { minBytes: 1_000, periodMs: 100 };

  async function download(server: LocalServer, pace: Partial<PaceLimits>): Promise<number> {
    let length = 0;
    for await (const chunk of (await open(server, undefined, 60_000, pace)).bytes) length += chunk.length;
    return length;
  }

  test.each<[string, Uint8Array, number]>([
    ['plain content', Buffer.from(TEXT), 0],
    ['gzip', gzipSync(randomBytes(50_000)), 0],
    ['after a start at full speed', gzipSync(randomBytes(50_000)), 40_000],
  ])('is broken off as a timeout: %s', async (_, bytes, atOnce) => {
    const server = await serve(slow(bytes, 5, atOnce));
    expect(await errorFactsOf(download(server, PACE))).toMatchObject({
      origin: 'file',
      cause: 'timeout',
      message: expect.stringContaining('sent less than 1000 bytes within 0.1 s'),
    });
    await server.closed;
  });

  test('that keeps its pace ends with the life of the address', async () => {
    const server = await serve(slow(Buffer.from(TEXT), 5));
    expect(await errorFactsOf(download(server, { minBytes: 1, periodMs: 50, totalMs: 300 }))).toMatchObject({
      cause: 'timeout',
      message: expect.stringContaining('a file that was still incomplete after 0.3 s'),
    });
    await server.closed;
  });

  test('is not what a small file or a steady one is', async () => {
    expect(await download(await serve(slow(Buffer.from('{"a":1}'), 5)), { minBytes: 1_000, periodMs: 60_000 })).toBe(7);
    expect(
      await download(await serve(slow(Buffer.from(TEXT).subarray(0, 100), 5)), { minBytes: 1, periodMs: 50 }),
    ).toBe(100);
  });
});

test('the time in which nothing is asked for is neither a silence nor a drip', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { happen: goOn, happened: asked } = happening();
  const server = await serve(async (_, response) => {
    response.write('first');
    await asked;
    response.end('second');
  });
  const seen: string[] = [];
  for await (const chunk of (await open(server)).bytes) {
    seen.push(Buffer.from(chunk).toString());
    vi.advanceTimersByTime(120_000);
    goOn();
  }
  expect(seen).toEqual(['first', 'second']);
});

describe('leaving early', () => {
  /** Sends as fast as it is read, for ever. */
  const endless =
    (piece: Uint8Array): Handler =>
    (_, response) => {
      const pieces = function* () {
        while (true) yield piece;
      };
      pipeline(Readable.from(pieces()), response, () => undefined);
    };

  test.each<[string, Handler]>([
    ['plain content', endless(Buffer.alloc(64_000, 'x'))],
    ['gzip', endless(gzipSync(randomBytes(64_000).toString('hex')))],
    ['content that hangs', (_, response) => void response.write('{"a":1}\n'.repeat(5_000))],
    [
      'gzip that hangs',
      (_, response) => void response.write(Buffer.concat([gzipSync('x'.repeat(HELD_BACK_BYTES + 100_000)), PART])),
    ],
  ])('closes the connection: %s', async (_, handler) => {
    const server = await serve(handler);
    for await (const chunk of (await open(server)).bytes) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await server.closed;
  });

  test.each<[string, Uint8Array]>([
    ['plain content', Buffer.from('{"a":1}\n')],
    ['gzip', gzipSync(TEXT).subarray(0, 40)],
  ])('by an abort throws its reason: %s', async (_, bytes) => {
    const sent = happening();
    const server = await serve((_, response) => void response.write(bytes, sent.happen));
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const rejected = expect(read(server, controller.signal)).rejects.toBe(reason);
    await sent.happened;
    controller.abort(reason);
    await rejected;
    await server.closed;
  });
});

test('a file is not read further than it is asked for', async () => {
  const total = 64 * 1_024 * 1_024;
  let sent = 0;
  const { happen: stall, happened: stalled } = happening();
  const server = await serve(async (_, response) => {
    const piece = Buffer.alloc(256 * 1_024, 'x');
    for (; sent < total; sent += piece.length) {
      if (response.write(piece)) continue;
      stall();
      await once(response, 'drain');
    }
    response.end();
  });
  let received = 0;
  for await (const chunk of (await open(server)).bytes) {
    if (received === 0) await stalled;
    if (received === 0) expect(sent).toBeLessThan(total);
    received += chunk.length;
  }
  expect(received).toBe(total);
});

test('one line of 10 MB comes in small pieces', async () => {
  const line = Buffer.alloc(10_000_000, 'x');
  const server = await serve(send(gzipSync(line)));
  let length = 0;
  for await (const chunk of (await open(server)).bytes) {
    expect(chunk.length).toBeLessThanOrEqual(64 * 1_024);
    length += chunk.length;
  }
  expect(length).toBe(line.length);
});
