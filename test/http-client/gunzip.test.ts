import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type GunzipOptions, gunzipIfGzip } from '../../src/http-client/gunzip.js';
import { SeededRandom } from '../support/random.js';

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

describe('what follows after the end', () => {
  const ends = Buffer.concat([MEMBERS, Buffer.alloc(10)]);

  test.each<[string, Uint8Array]>([
    ['text', Buffer.concat([MEMBERS, Buffer.from('{"a":1}\n')])],
    ['the beginning of a member', Buffer.concat([MEMBERS, gzipSync('x').subarray(0, 5)])],
    ['text after padding, which Node drops', Buffer.concat([ends, Buffer.from('x')])],
    ['a member after padding, which Node drops', Buffer.concat([ends, gzipSync('fourth\n')])],
    ['much of it after padding', Buffer.concat([ends, Buffer.alloc(300_000), Buffer.from('x')])],
  ])('%s is damage and not silently dropped', async (_, bytes) => {
    for (const size of [1, 7, 1_000, 1_000_000]) await expect(read(bytes, size)).rejects.toThrow();
  });
});

describe('before an error comes only what is right, unless a file is salvaged', () => {
  const random = new SeededRandom(1);
  const LINES = Array.from({ length: 60_000 }, (_, n) => `{"n":${n},"r":${random.between(0, 1e9)}}\n`).join('');
  const WHOLE = gzipSync(LINES);
  const damaged = Buffer.from(WHOLE);
  damaged.fill(0xff, WHOLE.length / 2, WHOLE.length / 2 + 8);

  async function readUntilError(bytes: Uint8Array, options?: GunzipOptions): Promise<{ text: string; error: unknown }> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of gunzipIfGzip(inPieces(bytes, 20_000), options)) chunks.push(chunk);
    } catch (error) {
      return { text: Buffer.concat(chunks).toString(), error };
    }
    throw new Error('there was no error');
  }

  test.each([0.2, 0.5, 0.9])('cut at %d of its length', async (share) => {
    const cut = WHOLE.subarray(0, WHOLE.length * share);
    expect((await readUntilError(cut)).text).toBe('');
    const { text } = await readUntilError(cut, { salvage: true });
    expect(LINES.startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(LINES.length * (share - 0.1));
  });

  test('damaged in the middle: nothing, as wrong bytes come before the damage is noticed', async () => {
    expect((await readUntilError(damaged)).text).toBe('');
    const { text } = await readUntilError(damaged, { salvage: true });
    expect(text.slice(0, LINES.length * 0.4)).toBe(LINES.slice(0, LINES.length * 0.4));
    expect(LINES.startsWith(text)).toBe(false);
  });

  test('damaged, and cut before its checksum: nothing', async () => {
    const stored = gzipSync(LINES, { level: 0 });
    stored.write('x', stored.length / 2);
    expect((await readUntilError(stored.subarray(0, -20))).text).toBe('');
  });

  test('lost with its connection: nothing, also when it would be salvaged', async () => {
    async function* lost() {
      yield WHOLE.subarray(0, WHOLE.length / 2);
      throw new Error('connection lost');
    }
    const chunks: Uint8Array[] = [];
    const reading = async () => {
      for await (const chunk of gunzipIfGzip(lost(), { salvage: true })) chunks.push(chunk);
    };
    await expect(reading()).rejects.toThrow('connection lost');
    expect(chunks).toEqual([]);
  });

  test('damaged beyond what is held back: only what lies well before the damage', async () => {
    const { text } = await readUntilError(damaged, { heldBackBytes: LINES.length * 0.6 });
    expect(text.length).toBeGreaterThan(0);
    expect(LINES.startsWith(text)).toBe(true);
  });

  test('damaged near its end: what came before is there to be salvaged', async () => {
    const { text } = await readUntilError(Buffer.concat([WHOLE, Buffer.from('junk')]), { salvage: true });
    expect(text.length).toBeGreaterThan(LINES.length * 0.9);
  });
});

describe('§9 #28 limits: a file that unpacks to more than a file may', () => {
  const limits = { maxBytes: 10_000_000, maxRatio: 250, ratioFromBytes: 1_000_000 };

  async function bytesUntilError(bytes: Uint8Array, ofLimits = limits): Promise<[number, unknown]> {
    let length = 0;
    try {
      for await (const chunk of gunzipIfGzip(inPieces(bytes, 20_000), { limits: ofLimits })) length += chunk.length;
    } catch (error) {
      return [length, error];
    }
    return [length, undefined];
  }

  test.each<[string, Uint8Array, number]>([
    ['a gzip bomb', gzipSync(Buffer.alloc(20_000_000)), 1_100_000],
    [
      'a bomb of many members',
      Buffer.concat(Array.from({ length: 50 }, () => gzipSync(Buffer.alloc(400_000)))),
      1_100_000,
    ],
    ['a plain file', Buffer.alloc(11_000_000, 'x'), 10_000_000],
  ])('%s is not unpacked', async (_, bytes, most) => {
    const [length, error] = await bytesUntilError(bytes);
    expect(error).toMatchObject({ damage: 'oversized' });
    expect(length).toBeLessThanOrEqual(most);
  });

  test.each<[string, Uint8Array]>([
    ['a small file of one letter', gzipSync('x'.repeat(900_000))],
    ['a larger one of ordinary lines', gzipSync(Array.from({ length: 100_000 }, (_, n) => `{"n":${n}}\n`).join(''))],
  ])('%s is read', async (_, bytes) => {
    expect((await bytesUntilError(bytes))[1]).toBeUndefined();
  });
});
