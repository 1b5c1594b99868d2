import { describe, expect, test } from 'vitest';
import { spelled, substituted } from '../../src/rules/spelling.js';
import { SeededRandom, seeds } from '../support/random.js';

describe('the plain spelling undoes the escapes that JSON does not need', () => {
  test.each<[string, string, string]>([
    ['none', '{"a":"b"}', '{"a":"b"}'],
    ['of a letter', String.raw`"\u003cx\u003e"`, '"<x>"'],
    ['upper case', String.raw`"\u003C\u00E9\u00e9"`, '"<éé"'],
    ['a slash', String.raw`"a\/b"`, '"a/b"'],
    ['a pair', String.raw`"\ud83d\ude00\uD83D\uDE00"`, '"😀😀"'],
    ['a key', String.raw`{"\u0075ser":1}`, '{"user":1}'],
    ['of a quote: it needs one, as a backslash does', String.raw`"\u0022\u005c"`, String.raw`"\"\\"`],
    ['of a line end', String.raw`"\u000a\u0009\u001F\u0000"`, String.raw`"\n\t\u001f\u0000"`],
    ['that are needed', String.raw`"\"\\\n\t\u001f"`, String.raw`"\"\\\n\t\u001f"`],
    ['a backslash before what looks like one', String.raw`"\\u003c\\\u003c\\/"`, String.raw`"\\u003c\\<\\/"`],
    ['half a pair', String.raw`"\ud83d\u0041\ude00\ud83d"`, String.raw`"\ud83dA\ude00\ud83d"`],
    ['halves in the wrong order', String.raw`"\ude00\ud83d"`, String.raw`"\ude00\ud83d"`],
    ['two high halves and a low one', String.raw`"\ud83d\ud83d\ude00"`, String.raw`"\ud83d😀"`],
    ['a high half that is no escape', String.raw`"\\ud83d\ude00"`, String.raw`"\\ud83d\ude00"`],
    ['what is none', String.raw`\u00zz \u12`, String.raw`\u00zz \u12`],
  ])('%s', (_, received, plain) => {
    expect(spelled(received)).toMatchObject({ received, plain });
  });
});

const PIECES = ['a', 'é', '😀', '"', '\\', '\n', '<', '/', '\u0001', '{', ':', ','];

function randomSpelling(random: SeededRandom): string {
  const escaped = (code: string) => `\\u${code.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const pieces = Array.from({ length: random.between(0, 20) }, () => random.pick(PIECES));
  const written = pieces.map((piece) =>
    random.pick([true, false]) ? JSON.stringify(piece).slice(1, -1) : piece.split('').map(escaped).join(''),
  );
  return `"${written.join('')}"`;
}

test.each(seeds(20))('both spellings say the same, and a part of one is replaced in the other %i', (seed) => {
  const random = new SeededRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const text = spelled(randomSpelling(random));
    const meaning = JSON.parse(text.received);
    expect(text.plain).toBe(JSON.stringify(meaning));
    // Letters alone, so that no escape that is needed is cut.
    const spans = [...text.plain.matchAll(/[aé😀]+/gu)].map(({ index, 0: found }) => {
      return { start: index, end: index + found.length };
    });
    const replaced = substituted(text, spans, (captured) => `[${captured}]`, 1_000);
    expect(JSON.parse(replaced ?? '')).toBe(String(meaning).replace(/[aé😀]+/gu, '[$&]'));
  }
});

test('no escape is cut: what begins or ends within one takes in all of it', () => {
  const text = spelled(String.raw`"a\u0022b"`);
  expect(text.plain).toBe(String.raw`"a\"b"`);
  expect(substituted(text, [{ start: 1, end: 3 }], () => '#', 99)).toBe('"#b"');
  expect(substituted(text, [{ start: 3, end: 5 }], () => '#', 99)).toBe('"a#"');
});
