import { beforeEach, expect, test } from 'vitest';
import { isSilent } from '../../src/domain/streams/rule-status.js';
import { type RuleText, ruleStatusOf, saveRuleMatches } from '../../src/store/rule-matches.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';

const collections = collectorDatabase();
const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * HOUR);
const MASK: RuleText = { name: '$names', filterType: 'Mask', regexp: '$"(<[^>]+>)' };
const OTHER: RuleText = { name: 'other', filterType: 'Exclude', regexp: '.*x.*' };

beforeEach(() => raw(collections).ruleMatches.deleteMany({}));

const note = (hours: number, records: number, rule = MASK) =>
  saveRuleMatches(collections, 1, [{ rule, records }], at(hours));

test('a rule is known by its matches, and is silent after a day without one', async () => {
  await note(0, 0);
  await note(23, 0);
  expect(await ruleStatusOf(collections, 1, [MASK, OTHER])).toEqual([
    { name: '$names', filterType: 'Mask', records: 0, since: at(0), isSilent: false },
  ]);
  await note(24, 0);
  expect(await ruleStatusOf(collections, 1, [MASK])).toMatchObject([{ isSilent: true }]);
  await note(25, 2);
  await note(26, 3);
  const matched = { records: 5, since: at(0), lastMatchedAt: at(26), isSilent: false };
  expect(await ruleStatusOf(collections, 1, [MASK])).toMatchObject([matched]);
  await note(50, 0);
  expect(await ruleStatusOf(collections, 1, [MASK])).toMatchObject([{ ...matched, isSilent: true }]);
});

test('a rule that was changed is another one', async () => {
  await note(0, 7);
  const changed = { ...MASK, regexp: '(x)' };
  expect(await ruleStatusOf(collections, 1, [changed])).toEqual([]);
  await note(30, 0, changed);
  expect(await ruleStatusOf(collections, 1, [changed])).toEqual([
    { name: '$names', filterType: 'Mask', records: 0, since: at(30), isSilent: false },
  ]);
  expect(await ruleStatusOf(collections, 2, [changed])).toEqual([]);
});

test('while no records come, no rule is silent', () => {
  expect(isSilent(at(0), at(1))).toBe(false);
  expect(isSilent(at(0), at(24))).toBe(true);
  expect(isSilent(at(0), at(24), at(1))).toBe(false);
});
