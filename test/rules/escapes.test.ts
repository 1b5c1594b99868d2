/** Rules are written for what people see, and records come with escapes. */

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { rulesFrom } from './rules-from.js';

const mask = (regexp: string, text = 'hidden') => ({ filterType: 'Mask', regexp, mask: text });
const hash = (regexp: string) => ({ filterType: 'Hash', regexp });
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function textAfter(filters: readonly object[], text: string): string | undefined {
  const applied = applyRules(rulesFrom(filters), text);
  return applied.isKept ? applied.text : undefined;
}

describe('a Mask or Hash works in both spellings', () => {
  test.each<[string, object[], string, string]>([
    [
      'as received',
      [mask(String.raw`\\u003c(.+)\\u003e`)],
      String.raw`{"a":"\u003cLast\u003e"}`,
      String.raw`{"a":"\u003chidden\u003e"}`,
    ],
    [
      'as people see it',
      [mask('<([^>]+)>')],
      String.raw`{"a":"\u003cLast, First\u003e, Method"}`,
      String.raw`{"a":"\u003chidden\u003e, Method"}`,
    ],
    ['upper case', [mask('<([^>]+)>')], String.raw`{"a":"\u003CLast\u003E"}`, String.raw`{"a":"\u003Chidden\u003E"}`],
    [
      'a slash',
      [mask('https://([^"]+)')],
      String.raw`{"a":"https:\/\/x.com\/y"}`,
      String.raw`{"a":"https:\/\/hidden"}`,
    ],
    [
      'an accent',
      [mask('(J[öé]rg)')],
      String.raw`{"a":"J\u00f6rg, J\u00C9rg, J\u00E9rg"}`,
      String.raw`{"a":"hidden, J\u00C9rg, hidden"}`,
    ],
    ['a pair', [mask('(😀+)')], String.raw`{"a":"x\ud83d\ude00\uD83D\uDE00y"}`, '{"a":"xhiddeny"}'],
    ['a key', [mask('"user":"([^"]*)"')], String.raw`{"\u0075ser":"me"}`, String.raw`{"\u0075ser":"hidden"}`],
    [
      'several groups',
      [mask('<(\\w+)> to <(\\w+)>')],
      String.raw`{"a":"\u003ca\u003e to \u003cb\u003e"}`,
      String.raw`{"a":"\u003chidden\u003e to \u003chidden\u003e"}`,
    ],
    ['a group of an escape alone', [mask('(<)')], String.raw`{"a":"\u003c\u003cb<"}`, '{"a":"hiddenhiddenbhidden"}'],
    [
      'a value with a quote in it',
      [mask('"a":"((?:[^"\\\\]|\\\\.)*)"')],
      String.raw`{"a":"x\u0022y","b":"z"}`,
      '{"a":"hidden","b":"z"}',
    ],
    ['each spelling finds a part of it', [mask('x([^"u]+)')], String.raw`{"a":"x\u003cab"}`, '{"a":"xhidden"}'],
    [
      'a rule and then another',
      [mask('<(a)>', '\\u003e'), mask('>(b)')],
      String.raw`{"a":"\u003ca\u003eb"}`,
      String.raw`{"a":"\u003c\u003e\u003ehidden"}`,
    ],
    [
      'hashed by what people see',
      [hash('"u":"([^"]*)"')],
      String.raw`{"u":"O\u0027Brien"}`,
      `{"u":"${md5("O'Brien")}"}`,
    ],
    [
      'hashed once',
      [hash('"u":"([^"]*)"')],
      String.raw`{"u":"me","x":"\u003c"}`,
      String.raw`{"u":"${md5('me')}","x":"\u003c"}`,
    ],
    ['not where the backslash is one', [mask('(<)')], String.raw`{"a":"\\u003c"}`, String.raw`{"a":"\\u003c"}`],
  ])('%s', (_, filters, text, result) => {
    expect(textAfter(filters, text)).toBe(result);
  });

  test('far from the beginning, and across what would be the cut of a slice', () => {
    for (const length of [1_048_570, 1_048_571, 1_048_572, 1_048_573, 1_048_574, 1_048_575]) {
      const text = `{"a":"${'x'.repeat(length - 6)}${String.raw`\u003c\u003cb\\u003c`}"}`;
      expect(textAfter([mask('(<)')], text)).toBe(
        `{"a":"${'x'.repeat(length - 6)}${String.raw`hiddenhiddenb\\u003c`}"}`,
      );
    }
  });

  test('replaced texts are counted once', () => {
    const applied = applyRules(rulesFrom([mask('(me)')]), String.raw`{"a":"\u003cme\u003e","b":"me"}`);
    expect(applied).toMatchObject({ changes: [{ occurrences: 2 }] });
  });
});

describe('an Include or Exclude matches either spelling', () => {
  const TEXT = String.raw`{"a":"\u003cLast\u003e \/"}`;
  test.each<[string, string, boolean]>([
    ['as received', String.raw`.*\\u003cLast.*`, true],
    ['as people see it', '.*<Last>.*', true],
    ['as people see it, with its slash', '.*> /.*', true],
    ['neither', '.*<First>.*', false],
    ['half of each', String.raw`.*<Last\\u003e.*`, false],
  ])('%s', (_, regexp, isMatch) => {
    expect(textAfter([{ filterType: 'Exclude', regexp }], TEXT)).toBe(isMatch ? undefined : TEXT);
    expect(textAfter([{ filterType: 'Include', regexp }], TEXT)).toBe(isMatch ? TEXT : undefined);
  });
});
