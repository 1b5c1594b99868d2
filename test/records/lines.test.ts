import { describe, expect, test } from 'vitest';
import { contentDigest } from '../../src/records/identity.js';
import { type Line, type LineOptions, linesOf } from '../../src/records/lines.js';
import { SeededRandom, seeds } from '../support/random.js';

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function read(chunks: readonly (Uint8Array | string)[], options?: LineOptions): Promise<Line[]> {
  const lines: Line[] = [];
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  for await (const some of linesOf(chunksOf(bytes), options)) lines.push(...some);
  return lines;
}

const textOf = ({ bytes }: Line) => Buffer.from(bytes).toString();
const shown = (lines: readonly Line[]) => lines.map((line) => `${line.number}:${textOf(line)}`);

test.each<[string, string[], string[]]>([
  ['nothing', [], []],
  ['an empty chunk', [''], []],
  ['one line', ['a\n'], ['1:a']],
  ['no end of the last line', ['a\nb'], ['1:a', '2:b']],
  ['a line in many chunks', ['a', 'b', '', 'c\n'], ['1:abc']],
  ['CRLF', ['a\r\nb\r\n'], ['1:a', '2:b']],
  ['CRLF cut in the middle', ['a\r', '\nb\r', '\n'], ['1:a', '2:b']],
  ['CR at the very end', ['a\r'], ['1:a']],
  ['CR within a line', ['a\rb\n'], ['1:a\rb']],
  ['only one CR is a part of the end', ['a\r\r\n'], ['1:a\r']],
  ['blank lines count and are left out', ['\n\r\n \t\n\r\r\n a \n\n'], ['5: a ']],
  ['a blank line cut in the middle', [' ', '\t', '\n', 'a'], ['2:a']],
  ['only ends', ['\n\n\n'], []],
  ['letters of several bytes', ['ä€😀\n'], ['1:ä€😀']],
])('%s', async (_, chunks, expected) => {
  expect(shown(await read(chunks))).toEqual(expected);
});

test('lines come as soon as their end is there', async () => {
  const asked: number[] = [];
  async function* counted(): AsyncGenerator<Uint8Array> {
    for (const [index, text] of ['a\nb\nc', 'd', '\ne'].entries()) {
      asked.push(index);
      yield Buffer.from(text);
    }
  }
  const seen: string[][] = [];
  for await (const lines of linesOf(counted())) {
    seen.push(shown(lines));
    if (seen.length === 1) expect(asked).toEqual([0]);
  }
  expect(seen).toEqual([['1:a', '2:b'], ['3:cd'], ['4:e']]);
});

describe('wherever the chunks are cut, the lines are the same', () => {
  const PARTS = [
    '{"a":"ä€😀"}',
    '{"subject":"日本語"}',
    '',
    ' ',
    'x',
    '\t',
    '"\\u00e9"',
    '{"b":1}\r',
    '\ufeff{}',
  ] as const;

  /** Cuts at random places, between the bytes of a letter or of a CRLF too. */
  function cut(bytes: Buffer, random: SeededRandom): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    const longest = random.pick([1, 2, 3, 7, 50]);
    for (let at = 0; at < bytes.length; ) {
      const size = random.between(0, longest);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    return chunks;
  }

  test.each(seeds(150))('seed %i', async (seed) => {
    const random = new SeededRandom(seed);
    const texts = Array.from({ length: random.between(0, 12) }, () => random.pick(PARTS));
    const ends = texts.map(() => random.pick(['\n', '\r\n'] as const));
    const text =
      texts.map((part, index) => part + ends[index]).join('') + random.pick(['', 'the last', 'the last\r'] as const);
    const lines = await read(cut(Buffer.from(text), random));
    const expected = text
      .split('\n')
      .map((part, index) => ({ number: index + 1, part: part.replace(/\r$/, '') }))
      .filter(({ part }) => /[^ \t\r]/.test(part));
    expect(shown(lines)).toEqual(expected.map(({ number, part }) => `${number}:${part}`));
  });
});

describe('a line that is too long', () => {
  const options = { maxLineBytes: 10_000 };
  const long = `${'ab'.repeat(10_000)}c`;

  test.each<[string, string[]]>([
    ['in one chunk', [`x\n${long}\ny\n`]],
    ['in many chunks', ['x\n', ...(long.match(/.{1,999}/g) ?? []), '\ny\n']],
    ['byte by byte', [...`x\n${long}\ny\n`]],
    ['at the end', ['y\n', long]],
  ])('is cut, and its length is told: %s', async (_, chunks) => {
    const lines = await read(chunks, options);
    const tooLong = lines.filter((line) => line.tooLong !== undefined);
    expect(tooLong.map((line) => line.tooLong)).toEqual([{ bytes: 20_001, digest: contentDigest(long) }]);
    for (const line of tooLong) expect(textOf(line)).toBe(long.slice(0, 4_096));
    expect(lines.filter((line) => line.tooLong === undefined).map(textOf)).toContain('y');
  });

  test('begins one byte beyond the limit', async () => {
    const lines = await read([`${'a'.repeat(8)}\n${'b'.repeat(9)}\n${'c'.repeat(8)}\n`], { maxLineBytes: 8 });
    expect(lines.map(({ tooLong, number }) => [number, tooLong?.bytes])).toEqual([
      [1, undefined],
      [2, 9],
      [3, undefined],
    ]);
    expect(lines.map(textOf)).toEqual(['aaaaaaaa', 'bbbbbbbbb', 'cccccccc']);
  });
});

test('a line that only begins like another has a digest of its own', async () => {
  const begin = 'x'.repeat(20_000);
  const lines = await read([`${begin}a\n${begin}`, `b\n${begin}a\n`], { maxLineBytes: 10_000 });
  const [one, other, again] = lines.map(({ tooLong }) => tooLong?.digest);
  expect(one).not.toBe(other);
  expect(again).toBe(one);
});

test.each<[string, string, boolean[]]>([
  ['with an end', 'a\nb\n', [false, false]],
  ['without one', 'a\nb', [false, true]],
  ['of blanks', 'a\n ', [false]],
])('a last line %s', async (_, text, expected) => {
  expect((await read([text])).map(({ isOpen }) => isOpen === true)).toEqual(expected);
});

test('a line of 5 MB is read whole', async () => {
  const line = `{"detail":"${'é'.repeat(2_500_000)}"}`;
  const bytes = Buffer.from(`${line}\r\n{}\n`);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) =>
    bytes.subarray(at * 65_536, (at + 1) * 65_536),
  );
  const lines = await read(chunks);
  expect(lines.map(({ number, bytes: { length }, tooLong }) => [number, length, tooLong])).toEqual([
    [1, Buffer.byteLength(line), undefined],
    [2, 2, undefined],
  ]);
  expect(lines.map(textOf)).toEqual([line, '{}']);
});

test('an error of the source of bytes is passed on', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a\nb');
    throw new Error('connection lost');
  }
  const seen: string[] = [];
  const reading = async () => {
    for await (const lines of linesOf(broken())) seen.push(...shown(lines));
  };
  await expect(reading()).rejects.toThrow('connection lost');
  expect(seen).toEqual(['1:a']);
});
