import { hash } from 'node:crypto';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { FILTER_TYPES, type Filter } from '../../src/rules/filter.js';
import { SeededRandom, seeds } from '../support/random.js';
import { randomPattern, randomText } from './random-patterns.js';
import { rulesFrom } from './rules-from.js';

/** The rules as one would write them down without a thought for speed; undefined for a text that is out. */
function plainly(filters: readonly Filter[], text: string): string | undefined {
  const matching = (type: string) => filters.filter(({ filterType }) => filterType === type);
  const isWhole = ({ regexp }: Filter) => RE2JS.compile(regexp).matches(text);
  if (matching('Exclude').some(isWhole)) return undefined;
  if (matching('Include').length > 0 && !matching('Include').some(isWhole)) return undefined;
  const changes = filters.filter(({ filterType }) => filterType === 'Mask' || filterType === 'Hash');
  return changes.reduce((before, filter) => changedBy(filter, before), text);
}

/** Works from the last character to the first, so that places stay right. */
function changedBy({ filterType, regexp, mask = '#' }: Filter, text: string): string {
  const groupOf = new Map<number, number>();
  const matcher = RE2JS.compile(regexp).matcher(text);
  while (matcher.find()) {
    for (let group = matcher.groupCount(); group >= 1; group -= 1) {
      const [start, end] = [matcher.start(group), matcher.end(group)];
      if (start < 0 || end === start) continue;
      for (const [from, to] of groupOf) if (from >= start && to <= end) groupOf.delete(from);
      const isWithin = [...groupOf].some(([from, to]) => from <= start && end <= to);
      if (!isWithin) groupOf.set(start, end);
    }
  }
  let result = text;
  for (const [start, end] of [...groupOf].sort(([a], [b]) => b - a)) {
    const replaced = filterType === 'Mask' ? mask : hash('md5', text.slice(start, end), 'hex');
    result = result.slice(0, start) + replaced + result.slice(end);
  }
  return result;
}

/** Includes take most texts, so that they leave something to mask. */
function randomFilter(random: SeededRandom, index: number): Filter {
  const filterType = random.pick([...FILTER_TYPES, 'Mask', 'Hash', 'Mask'] as const);
  const pattern = randomPattern(random) || '.';
  const name = `rule ${index}`;
  if (filterType === 'Exclude') return { filterType, name, regexp: pattern };
  if (filterType === 'Include') return { filterType, name, regexp: random.pick([pattern, '(?s).*']) };
  const regexp = random.pick([`(${pattern})`, '(a)b', '"([^"]*)"', '([0-9a-f]{32})', '(?i)(b+)', '\\b(\\w)']);
  return filterType === 'Mask'
    ? { filterType, name, regexp, mask: random.pick(['#', 'b', 'XX']) }
    : { filterType, name, regexp };
}

test.each(seeds(12))('sets of random rules do what they would do one by one %i', (seed) => {
  const random = new SeededRandom(seed);
  let changed = 0;
  for (let round = 0; round < 10; round += 1) {
    const filters = Array.from({ length: random.between(1, 30) }, (_, index) => randomFilter(random, index));
    const isUnderLimit = (text: string | undefined, original: string) =>
      text === undefined || Buffer.byteLength(text) <= 5 * Buffer.byteLength(original);
    const right = filters.filter(({ regexp }) => isRight(regexp));
    const rules = rulesFrom(right);
    for (let texts = 0; texts < 20; texts += 1) {
      const text = randomText(random, 20) + random.pick(['', ' '.repeat(400)]);
      const expected = plainly(right, text);
      if (!isUnderLimit(expected, text)) continue;
      const applied = applyRules(rules, text);
      expect(applied.isKept ? applied.text : undefined, JSON.stringify({ right, text })).toBe(expected);
      if (expected !== undefined && expected !== text) changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(0);
});

function isRight(regexp: string): boolean {
  try {
    RE2JS.compile(regexp);
    return true;
  } catch {
    return false;
  }
}
