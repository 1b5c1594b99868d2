import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import { type Client, download, HOUR, MINUTE, NOON, SECOND, start } from './client.js';

async function firstUrl(client: Client, type = 'receipt'): Promise<string> {
  const [url = ''] = (await client.files(type)).values();
  return url;
}

describe('file URLs', () => {
  test('keep their path and change their signature in every listing', async () => {
    const client = await start();
    const [first, second] = [new URL(await firstUrl(client)), new URL(await firstUrl(client))];
    expect(first.pathname).toBe(second.pathname);
    expect(first.search).not.toBe(second.search);
  });

  test.each([
    ['no signature', (url: URL) => url.searchParams.delete('X-Amz-Signature'), 403, 'AccessDenied'],
    ['a wrong signature', (url: URL) => url.searchParams.set('X-Amz-Signature', 'ab'), 403, 'SignatureDoesNotMatch'],
    ['a longer life', (url: URL) => url.searchParams.set('X-Amz-Expires', '9999'), 403, 'SignatureDoesNotMatch'],
    [
      'the signature of another file',
      (url: URL) => {
        url.pathname = url.pathname.replace('receipt', 'process');
      },
      403,
      'SignatureDoesNotMatch',
    ],
  ])('with %s are refused', async (_, change, status, code) => {
    const client = await start();
    const url = new URL(await firstUrl(client));
    change(url);
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/xml');
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
  });

  test('refuse a bearer token, as a pre-signed URL has its own', async () => {
    const client = await start();
    const response = await fetch(await firstUrl(client), { headers: { authorization: `Bearer ${client.token}` } });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/<Code>InvalidArgument<\/Code>.*Only one auth mechanism allowed/);
  });

  test('expire when they say', async () => {
    const clock = { now: NOON };
    const client = await start({ urlTtlMs: 15 * MINUTE }, clock);
    const { pages } = await client.drain('receipt');
    const entry = pages.flatMap(({ value }) => value)[0];
    expect(entry?.expiry).toBe('2025-09-15T12:15:00.000Z');
    clock.now += 15 * MINUTE - SECOND;
    expect((await fetch(entry?.url ?? '')).status).toBe(200);
    clock.now += SECOND;
    const late = await fetch(entry?.url ?? '');
    expect(late.status).toBe(403);
    expect(await late.text()).toContain('<Message>Request has expired</Message>');
  });
});

describe('files', () => {
  test('are gzip files of NDJSON, as large as listed, the same at every download', async () => {
    const client = await start();
    const { pages } = await client.drain('receipt');
    for (const { url, size } of pages.flatMap(({ value }) => value).slice(0, 5)) {
      const response = await fetch(url);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(response.headers.get('content-type')).toMatch(/^application\/(x-gzip|gzip|octet-stream)$/);
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="receipt_.*\.json\.gz"$/);
      expect(bytes).toHaveLength(size);
      expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
      for (const line of await download(url)) expect(JSON.parse(line)).toBeTypeOf('object');
    }
  });

  test('have the oddities that readers meet', async () => {
    const client = await start({ historyMs: 8 * HOUR });
    const seen = { multiMember: 0, blank: 0, crlf: 0, noLastLineEnd: 0, plain: 0 };
    for (const url of (await client.files('receipt')).values()) {
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      const text = gunzipSync(bytes).toString();
      const odd = {
        multiMember: bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08, 0x00]), 1) > 0,
        blank: /\n\r?\n/.test(text),
        crlf: text.includes('\r\n'),
        noLastLineEnd: !text.endsWith('\n'),
      };
      for (const [name, there] of Object.entries(odd)) if (there) seen[name as keyof typeof odd] += 1;
      if (!Object.values(odd).includes(true)) seen.plain += 1;
    }
    for (const [kind, times] of Object.entries(seen)) expect(times, kind).toBeGreaterThan(0);
  });

  test('hold lines that are the same inside a file only, never in two files', async () => {
    const client = await start({ historyMs: 6 * HOUR });
    const fileOf = new Map<string, string>();
    let twins = 0;
    for (const type of SIEM_STREAMS) {
      for (const [path, url] of await client.files(type)) {
        const lines = await download(url);
        twins += lines.length - new Set(lines).size;
        for (const line of new Set(lines)) {
          expect(fileOf.get(line)).toBeUndefined();
          fileOf.set(line, path);
        }
      }
    }
    expect(twins).toBeGreaterThan(0);
  });

  test('that are not there answer 404', async () => {
    const client = await start();
    await client.fault({ endpoint: 'file', action: { error: 's3_not_found' } });
    const response = await fetch(await firstUrl(client));
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
  });
});
