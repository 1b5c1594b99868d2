import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { coreOf, ownCore } from '../../src/rules/core.js';
import { Screen } from '../../src/rules/screen.js';
import { SeededRandom, seeds } from '../support/random.js';
import { randomPattern, randomText } from './random-patterns.js';
import { rulesFrom } from './rules-from.js';

describe('the core of a pattern', () => {
  test.each([
    ['.*secur.*', 'secur', true],
    ['.*?secur.*?', 'secur', true],
    ['(?s).*secur.*(?s)', '(?s)secur(?s)', true],
    ['(?i)(?s).*x.*', '(?i)(?s)x', true],
    ['^.*x.*$', 'x', true],
    ['\\A.*x.*\\z', 'x', true],
    ['.*', '', false],
    ['.*.*', '', true],
    ['.*x', 'x', false],
    ['x.*', 'x', false],
    ['x', 'x', false],
    ['.*^x.*', '^x', true],
    ['.*(a|b).*', '(a|b)', true],
    ['.*a|b.*', '.*a|b.*', false],
    ['.*a.*|b', '.*a.*|b', false],
    ['.+x.*', '.+x', false],
    ['.*x\\.*', 'x\\.*', false],
    ['.*[.*', undefined, false],
    ['.*x[.*].*', 'x[.*]', true],
    ['.*\\Q.*', '\\Q.*', false],
    ['(.*)x(.*)', '(.*)x(.*)', false],
    ['(?:^.*)x.*', '(?:^.*)x', false],
    ['.*(?i)?secur.*', '.*(?i)?secur', false],
    ['.*(?s)*x', '.*(?s)*x', false],
    ['.*(?U){2}.', '.*(?U){2}.', false],
    ['^.*?(?i)(?s)+x', '^.*?(?i)(?s)+x', false],
    ['.*\\Q\\E*x.*', '.*\\Q\\E*x', false],
    ['.*(?i)x?.*', '(?i)x?', true],
  ])('%s', (pattern, core, isExact) => {
    if (core === undefined) expect(() => RE2JS.compile(pattern)).toThrow();
    else expect(coreOf(pattern)).toMatchObject({ pattern: core, isExact });
  });

  test.each([
    ['.*abc.*', true],
    ['.*"a":"b(c|d)".*', true],
    ['.*ab.*', false],
    ['.*abc?.*', false],
    ['.*abc?d.*', false],
    ['.*(abc).*', false],
    ['.*abc|d.*', false],
    ['(?i).*abc.*', false],
    ['.*(?si:x)abc.*', false],
    ['.*a\\x41bc.*', false],
    ['.*abc{0,2}de.*', false],
    ['\\d+abc', true],
  ])('literal of %s', (pattern, hasLiteral) => {
    expect(coreOf(pattern).hasLiteral).toBe(hasLiteral);
    expect(ownCore(pattern)).toEqual({ pattern, isExact: false, hasLiteral });
  });
});

test.each(['.*(?i)?secur.*', '.*(?s)*x', '.*(?U){2}.', '.*\\Q\\E(?s){3}x'])(
  'a repetition behind flags: %s',
  (regexp) => {
    const plain = RE2JS.compile(regexp);
    const rules = rulesFrom([{ filterType: 'Exclude', regexp }]);
    for (const text of ['', 'x', 'a x', 'secure', 'a Secure b', 'a\nx']) {
      expect(applyRules(rules, text).isKept, text).toBe(!plain.matches(text));
    }
  },
);

describe('an Exclude says what a plain match of the whole text says', () => {
  test.each(seeds(25))('random patterns %i', (seed) => {
    const random = new SeededRandom(seed);
    let matches = 0;
    for (let round = 0; round < 60; round += 1) {
      const regexp = randomPattern(random);
      const plain = RE2JS.compile(regexp);
      const rules = rulesFrom([{ filterType: 'Exclude', regexp: regexp === '' ? '(?:)' : regexp }]);
      for (let texts = 0; texts < 20; texts += 1) {
        const text = randomText(random);
        const isMatch = plain.matches(text);
        matches += isMatch ? 1 : 0;
        expect(applyRules(rules, text).isKept, `${JSON.stringify(regexp)} on ${JSON.stringify(text)}`).toBe(!isMatch);
      }
    }
    expect(matches).toBeGreaterThan(50);
  });
});

test.each(seeds(12))('many patterns looked for together are found as each by itself %i', (seed) => {
  const random = new SeededRandom(seed);
  const patterns = Array.from({ length: 30 }, () => randomPattern(random));
  const screen = new Screen(patterns.map(ownCore));
  const alone = patterns.map((pattern) => RE2JS.compile(pattern));
  for (let round = 0; round < 50; round += 1) {
    const text = randomText(random, 40);
    const screening = screen.of(text);
    for (const [index, regexp] of alone.entries()) {
      expect(screening.has(index), `${patterns[index]} on ${JSON.stringify(text)}`).toBe(regexp.test(text));
    }
  }
});
