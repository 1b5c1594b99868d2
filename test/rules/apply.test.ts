import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { applyRules, maskForKeeping, maskPieceForKeeping } from '../../src/rules/apply.js';
import { MULTI_LINE_LINES, SINGLE_LINE_BYTES } from '../../src/rules/slices.js';
import { kept, mask, rulesFrom } from './rules-from.js';

const exclude = (regexp: string) => ({ filterType: 'Exclude', regexp });
const include = (regexp: string) => ({ filterType: 'Include', regexp });
const hashed = (regexp: string) => ({ filterType: 'Hash', regexp });

const MD5 = '38357ee995993f047cce95db89b536b8';
const SHA_256 = '906e9cc124c8e1085b10e1cec4cc6526f3637558be361d3b4bb54bb537e49a49';
const md5 = (text: string) => hash('md5', text, 'hex');

function isKept(filters: readonly object[], text: string): boolean {
  return applyRules(rulesFrom(filters), text).isKept;
}

describe('which texts are in', () => {
  test.each<[string, object[], string, boolean]>([
    ['no rules: all', [], 'x', true],
    ['no Include: all that is not excluded', [exclude('.*b.*')], 'a', true],
    ['an Exclude that matches', [exclude('.*b.*')], 'abc', false],
    ['an Exclude has to match the whole text', [exclude('secur')], 'a secure line', true],
    ['… from its start', [exclude('secur.*')], 'a secure line', true],
    ['… to its end', [exclude('.*secur')], 'a secure line', true],
    ['… as .*secur.* does', [exclude('.*secur.*')], 'a secure line', false],
    ['only what an Include matches', [include('.*a.*')], 'b', false],
    ['an Include has to match the whole text', [include('a')], 'ab', false],
    ['one Include of several', [include('.*a.*'), include('.*b.*')], 'b', true],
    ['one Exclude of several', [exclude('.*a.*'), exclude('.*b.*')], 'b', false],
    ['an Exclude wins over an Include', [include('.*'), exclude('.*b.*')], 'b', false],
    ['… in either order', [exclude('.*b.*'), include('.*')], 'b', false],
    ['a dot does not match a newline', [exclude('.*b.*')], 'a\nb', true],
    ['… with (?s) it does', [exclude('(?s).*b.*')], 'a\nb\nc', false],
    ['… with (?s) at both ends too', [exclude('(?s).*b.*(?s)')], 'a\nb\nc', false],
    ['a newline at the end makes a rule without (?s) miss', [exclude('.*b.*')], 'ab\n', true],
    ['… and one with it not', [exclude('(?s).*b.*')], 'ab\n', false],
    ['an alternative at the top is a whole pattern each', [exclude('.*a|b.*')], 'xay', true],
    ['an octal escape', [exclude('.*a\\040b.*')], 'xa by', false],
    ['letters of any case', [exclude('(?i).*SECUR.*')], 'Secure', false],
    ['an empty text', [exclude('.*')], '', false],
    ['masks decide nothing', [mask('(a)'), hashed('(b)')], 'ab', true],
    [
      'Excludes see what was received, not what masks make of it',
      [mask('(secret)'), exclude('.*secret.*')],
      'a secret',
      false,
    ],
  ])('%s', (_, filters, text, isIn) => {
    expect(isKept(filters, text)).toBe(isIn);
  });

  test('the Exclude that did it is named', () => {
    const rules = rulesFrom([include('.*'), exclude('.*b.*'), exclude('.*')]);
    expect(applyRules(rules, 'b')).toMatchObject({ isKept: false, by: { name: 'rule 1' } });
    expect(applyRules(rules, 'b', () => true).matched.map(({ name }) => name)).toEqual(['rule 0', 'rule 1', 'rule 2']);
    expect(applyRules(rulesFrom([include('.*b.*')]), 'a')).toEqual({ isKept: false, matched: [] });
  });

  test.each([
    ['within the first megabyte', SINGLE_LINE_BYTES - 1, false],
    ['beyond it', SINGLE_LINE_BYTES, true],
  ])('of a long line, what stands %s', (_, at, isIn) => {
    expect(isKept([exclude('.*b.*')], `${'a'.repeat(at)}b`)).toBe(isIn);
  });

  test.each([
    ['the 2,000th', MULTI_LINE_LINES - 1, false],
    ['the line after it', MULTI_LINE_LINES, true],
  ])('of many lines, %s', (_, before, isIn) => {
    expect(isKept([exclude('(?s).*b.*')], `${'a\n'.repeat(before)}b\n`)).toBe(isIn);
  });
});

describe('what masks and hashes make of a text', () => {
  test.each<[string, object[], string, string]>([
    ['only the group, anywhere', [mask('token=(\\w+)', '##TOKEN##')], 'a token=abcd b', 'a token=##TOKEN## b'],
    ['# by default', [mask('token=(\\w+)')], 'token=abc', 'token=#'],
    ['an empty mask is none', [mask('token=(\\w+)', '')], 'token=abc', 'token=#'],
    ['every occurrence', [mask('"pw":"([^"]*)"')], '{"pw":"a","x":{"pw":"b"}}', '{"pw":"#","x":{"pw":"#"}}'],
    ['each of several groups', [mask('(\\d+)-(\\d+)-(\\d{4})', 'X')], 'ssn 123-45-6789', 'ssn X-X-X'],
    ['a group within a group: the outer', [mask('<((\\w+)@(\\w+))>')], '<a@b>', '<#>'],
    ['a group that took no part', [mask('(a)|(b)', 'X')], 'a b', 'X X'],
    ['an empty group', [mask('"pw":"([^"]*)"')], '{"pw":""}', '{"pw":""}'],
    ['a group that is empty everywhere', [mask('(x*)')], 'aéb', 'aéb'],
    ['of a repeated group its last turn', [mask('(?:(\\w),)+')], 'a,b,c,', 'a,b,#,'],
    ['the whole line', [mask('(.*)')], 'all of it', '#'],
    ['each line', [mask('(.+)')], 'a\nb', '#\n#'],
    ['over lines with (?s)', [mask('(?s)(.*)')], 'a\nb', '#'],
    ['named groups', [mask('(?P<user>\\w+)@')], 'dan@x', '#@x'],
    ['dollars in a mask are dollars', [mask('(a)', '$1$&$$\\1')], 'a', '$1$&$$\\1'],
    ['case is kept apart', [mask('(A)')], 'aA', 'a#'],
    [
      'an octal escape, as in a card number',
      [mask('(\\d{4}\\040\\d{4})\\040\\d{4}')],
      'n 1234 5678 9012 x',
      'n # 9012 x',
    ],
    ['characters of several bytes around', [mask('é(b)ü')], '😀ébü😀', '😀é#ü😀'],
    ['surrogate pairs within', [mask('<(.)>', '🙈')], '<😀><é>', '<🙈><🙈>'],
    ['a boundary is seen after a match', [mask('\\b(ab)')], 'abab ab', '#ab #'],
    ['a start of text is not seen again', [mask('^(a)')], 'aaaaaaaa', '#aaaaaaa'],
    ['the rule after sees what the one before left', [mask('(secret)', 'a b'), mask('a (b)', 'c')], 'secret', 'a c'],
    ['in the order of the list', [mask('a (b)', 'c'), mask('(secret)', 'a b')], 'secret', 'a b'],
    ['a hash of a mask', [mask('(dan)', 'x'), hashed('(\\w+)@')], 'dan@', `${md5('x')}@`],
    ['a mask of a hash', [hashed('(dan)@'), mask('([0-9a-f]{32})')], 'dan@', '#@'],
    [
      'each value hashed on its own',
      [hashed('(\\w+)@(\\w+)')],
      'a@b c@d',
      `${md5('a')}@${md5('b')} ${md5('c')}@${md5('d')}`,
    ],
    ['UTF-8 is hashed', [hashed('<(.*)>')], '<é😀>', `<${md5('é😀')}>`],
    ['an empty text has no hash', [hashed('<(.*)>')], '<>', '<>'],
  ])('%s', (_, filters, text, result) => {
    // The limit of five times is for the tests of growth.
    const pad = ' '.repeat(200);
    const { text: found } = kept(filters, /\(\.\*\)|\(\.\+\)/.test(JSON.stringify(filters)) ? text : `${text}${pad}`);
    expect(found.trimEnd()).toBe(result);
  });

  test('the documented hashes', () => {
    const rule = hashed('"user":"([^"]+)"');
    const text = '{"user":"dan@demo.com"}';
    expect(kept([rule], text).text).toBe(`{"user":"${MD5}"}`);
    expect(kept([rule], text, 'MD5').text).toBe(`{"user":"${MD5}"}`);
    expect(kept([rule], text, 'SHA-256').text).toBe(`{"user":"${SHA_256}"}`);
  });

  test('occurrences are counted by rule, and a text that nothing changed is the very same', () => {
    const filters = [mask('(\\d)'), hashed('(x)'), mask('(y+)'), hashed('(zz)')];
    expect(
      kept(filters, `1 2 x 3 ${' '.repeat(99)} yy`).changes.map(({ rule, occurrences }) => [rule.name, occurrences]),
    ).toEqual([
      ['rule 0', 3],
      ['rule 1', 1],
      ['rule 2', 1],
    ]);
    expect(kept(filters, 'abc')).toEqual({ isKept: true, text: 'abc', changes: [], hidden: new Set(), matched: [] });
  });
});

describe('growth', () => {
  test('the documented example: 7 bytes that grow to 38 are cut to 35', () => {
    const filters = [mask('(\\d{4})', 'x'.repeat(35))];
    expect(kept(filters, 'ab 1234').text).toBe(`ab ${'x'.repeat(32)}`);
    expect(kept([mask('(\\d{4})', 'x'.repeat(32))], 'ab 1234').text).toBe(`ab ${'x'.repeat(32)}`);
  });

  test('bytes count, and no character is cut in two', () => {
    expect(kept([mask('(a)', '😀'.repeat(3))], 'a').text).toBe('😀');
    expect(kept([mask('(é)', 'x'.repeat(99))], 'é').text).toBe('x'.repeat(10));
  });

  test('hashes alone are never cut', () => {
    expect(kept([hashed('(a)')], 'a').text).toBe(md5('a'));
  });

  test('what a hash added is not cut off for a mask that adds nothing, nor counted against one that does', () => {
    const filters = [hashed('"a":"(.)"'), mask('"b":"(.)"', '*')];
    expect(kept(filters, '{"a":"x","b":"y"}').text).toBe(`{"a":"${md5('x')}","b":"*"}`);
    const growing = [hashed('(a)'), mask('(z)', 'x'.repeat(99))];
    expect(kept(growing, 'az').text).toBe(`${md5('a')}${'x'.repeat(9)}`);
    expect(kept(growing.toReversed(), 'az').text).toBe(`${md5('a')}${'x'.repeat(9)}`);
  });

  test('a cut comes after all rules, so that it hides nothing from them', () => {
    const filters = [mask('(a)', 'x'.repeat(20)), mask('(secret!)', 's')];
    expect(kept(filters, 'aaaasecret!').text).toBe('x'.repeat(55));
    expect(kept([mask('(a)', 'x'.repeat(11)), mask('(b12345678)')], 'ab12345678').text).toBe(`${'x'.repeat(11)}#`);
  });
});

test('each slice is masked by itself, and a match across a cut is missed', () => {
  const filler = 'a'.repeat(SINGLE_LINE_BYTES - 1);
  expect(kept([mask('<(\\w+)>')], `${filler}<secret><b>`).text === `${filler}<secret><#>`).toBe(true);
  expect(kept([mask('(secret)')], `${filler}<secret>`).text === `${filler}<#>`).toBe(true);
});

describe('what is kept though it is no record', () => {
  const rules = rulesFrom([exclude('.*'), mask('pw=(\\w+)')]);

  test('is masked, whatever Excludes say', () => {
    expect(maskForKeeping(rules, 'no JSON pw=abc')).toBe('no JSON pw=#');
  });

  test('a piece that was cut before is hidden as a whole, if anything is to be masked', () => {
    expect(maskPieceForKeeping(rules, 'no JSON pw=ab')).toBe('#');
    expect(maskPieceForKeeping(rulesFrom([exclude('.*')]), 'no JSON pw=ab')).toBe('no JSON pw=ab');
  });
});
