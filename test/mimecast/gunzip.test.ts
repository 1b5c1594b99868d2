import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzipIfGzip } from '../../src/mimecast/gunzip.js';

const TEXT = 'one line\nand another one\n';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 1_000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzipIfGzip(inPieces(bytes, size))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const MEMBERS = Buffer.concat([gzipSync('first\n'), gzipSync(''), gzipSync('second\n'), gzipSync('third\n')]);

describe.each([1, 2, 7, 26, 1_000])('in pieces of %i bytes', (size) => {
  test.each<[string, Uint8Array, string]>([
    ['gzip', gzipSync(TEXT), TEXT],
    ['plain', Buffer.from(TEXT), TEXT],
    ['nothing', Buffer.alloc(0), ''],
    ['one byte', Buffer.from('x'), 'x'],
    ['an empty gzip', gzipSync(''), ''],
    ['several members', MEMBERS, 'first\nsecond\nthird\n'],
    ['members and padding', Buffer.concat([MEMBERS, Buffer.alloc(64)]), 'first\nsecond\nthird\n'],
  ])('%s', async (_, bytes, expected) => {
    expect(await read(bytes, size)).toBe(expected);
  });
});

test('members are found wherever the pieces are cut', async () => {
  for (let size = 1; size <= MEMBERS.length; size++) expect(await read(MEMBERS, size)).toBe('first\nsecond\nthird\n');
});

test('incomplete gzip is an error, wherever it breaks off', async () => {
  const whole = gzipSync(TEXT);
  for (let length = 2; length < whole.length; length++) {
    await expect(read(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(/unexpected end of file/);
  }
});

test('damaged gzip is an error', async () => {
  const bytes = gzipSync(TEXT.repeat(100));
  bytes.fill(0xff, 20, 30);
  await expect(read(bytes)).rejects.toThrow();
});

test('what the source throws comes through', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield gzipSync(TEXT).subarray(0, 15);
    throw new Error('lost');
  }
  await expect(async () => {
    for await (const chunk of gunzipIfGzip(failing())) expect(chunk).toBeDefined();
  }).rejects.toThrow('lost');
});
