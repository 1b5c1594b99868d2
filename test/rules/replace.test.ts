import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { type Replaced, replaceGroups } from '../../src/rules/replace.js';
import { spelled } from '../../src/rules/spelling.js';
import { Work } from '../../src/rules/work.js';
import { SeededRandom, seeds } from '../support/random.js';
import { randomPattern, randomText } from './random-patterns.js';

const MARK = '\u{10FFFD}';

function replace(
  regexp: RE2JS,
  text: string,
  replacement: (captured: string) => string,
  most = 1_000_000,
): Replaced | undefined {
  return replaceGroups(regexp, spelled(text), replacement, { most, work: new Work() });
}

function withMark(regexp: RE2JS, text: string): { text: string; occurrences: number } {
  const replaced = replace(regexp, text, () => MARK);
  if (replaced === undefined) throw new Error('too long');
  return replaced;
}

/** A pattern with groups, and texts that it meets. */
function* cases(seed: number): Generator<{ pattern: string; regexp: RE2JS; text: string }> {
  const random = new SeededRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const pattern = random
      .pick(['(P)', 'a(P)b', '(P)|(b)', '"(P)"', '(?:(P)a)+', '((P)b)?'])
      .replace('P', () => randomPattern(random));
    try {
      const regexp = RE2JS.compile(pattern);
      for (let texts = 0; texts < 10; texts += 1) yield { pattern, regexp, text: randomText(random, 25) };
    } catch {
      // The parts do not fit together.
    }
  }
}

test.each(seeds(10))('the text outside of groups stays, in its order %i', (seed) => {
  let replaced = 0;
  for (const { pattern, regexp, text } of cases(seed)) {
    const captured: string[] = [];
    const result = replace(regexp, text, (value) => `${MARK}${captured.push(value) - 1}${MARK}`);
    const restored = result?.text.replace(
      new RegExp(`${MARK}(\\d+)${MARK}`, 'gu'),
      (_, at) => captured[Number(at)] ?? '',
    );
    expect(restored, `${pattern} on ${JSON.stringify(text)}`).toBe(text);
    expect(result?.occurrences).toBe(captured.length);
    expect(captured.every((value) => value !== '')).toBe(true);
    replaced += captured.length;
  }
  expect(replaced).toBeGreaterThan(500);
});

test.each(seeds(10))('whatever a group captures is gone: never unmasked %i', (seed) => {
  for (const { pattern, regexp, text } of cases(seed)) {
    const hidden = new Array<boolean>(text.length).fill(false);
    const matcher = regexp.matcher(text);
    while (matcher.find()) {
      for (let group = 1; group <= matcher.groupCount(); group += 1) {
        if (matcher.start(group) >= 0) hidden.fill(true, matcher.start(group), matcher.end(group));
      }
    }
    const shown = Array.from(text.split(''), (unit, at) => (hidden[at] ? '' : unit)).join('');
    const { text: masked } = withMark(regexp, text);
    expect(masked.replaceAll(MARK, ''), `${pattern} on ${JSON.stringify(text)}`).toBe(shown);
  }
});

test.each(seeds(5))('masking again changes nothing where the groups do not take the mask %i', (seed) => {
  const random = new SeededRandom(seed);
  const patterns = [
    '([abAB]+)',
    '([é😀])',
    '(a)(b)',
    '\\.([ab])',
    ' (\\w)',
    '(?i)a(b?)',
    '^([a-z])',
    '([\\w])$',
    '"([ab]+) ',
  ];
  for (let round = 0; round < 500; round += 1) {
    const regexp = RE2JS.compile(random.pick(patterns));
    const masked = withMark(regexp, randomText(random, 30)).text;
    expect(withMark(regexp, masked), regexp.pattern()).toEqual({ text: masked, occurrences: 0 });
  }
});

test('a result that gets too long is none', () => {
  const regexp = RE2JS.compile('(a)');
  expect(replace(regexp, 'aaa', () => 'xx', 6)?.text).toBe('xxxxxx');
  expect(replace(regexp, 'aaa', () => 'xx', 5)).toBeUndefined();
});

test.each(['(a)', '\\b(\\w)', '(a)x?', '"?(a+?)'])('many matches are all replaced: %s', (pattern) => {
  const regexp = RE2JS.compile(pattern);
  const text = 'a "a ab '.repeat(100);
  expect(withMark(regexp, text).text.replaceAll(MARK, '')).toBe(text.replace(new RegExp(pattern, 'g'), ungrouped));
});

/** What is left of a match without what its group captured. */
function ungrouped(match: string, captured: string | undefined): string {
  const at = captured === undefined ? -1 : match.lastIndexOf(captured);
  return at < 0 ? match : match.slice(0, at) + match.slice(at + (captured?.length ?? 0));
}

test('an error of the replacement is no lack of work', () => {
  const broken = () => {
    throw new RangeError('broken');
  };
  expect(() => replace(RE2JS.compile('(a)'), 'a', broken)).toThrow(RangeError);
});
