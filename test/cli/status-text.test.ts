import { expect, test } from 'vitest';
import { statusText } from '../../src/cli/status-text.js';
import { newSnapshot } from '../../src/domain/lifecycle/snapshot.js';

const NOW = Date.parse('2026-01-03T00:00:00Z');
const LISTED = {
  sourceId: 1,
  name: 'mail',
  collector: 'c',
  workflowId: 'w',
  state: 'Collecting',
  health: 'Healthy',
} as const;
const rule = (name: string, isSilent: boolean, lastMatchedAt?: Date) => {
  const last = lastMatchedAt === undefined ? {} : { lastMatchedAt };
  return { name, filterType: 'Mask', records: 0, since: new Date('2026-01-01T00:00:00Z'), isSilent, ...last };
};

test('a rule that has not matched anything for a day is reported, and no other', () => {
  const snapshot = newSnapshot({ sourceId: 1 }, '2026-01-01T00:00:00Z');
  const rules = [rule('never', true), rule('once', true, new Date('2026-01-01T12:00:00Z')), rule('works', false)];
  const lines = statusText({ ...LISTED, snapshot, rules }, NOW).split('\n');
  expect(lines.filter((line) => line.startsWith('! rule'))).toEqual([
    '! rule "never" (Mask) has not matched any record for 2 d; try it on your own records with "rules test"',
    '! rule "once" (Mask) has not matched any record for 1 d 12 h; try it on your own records with "rules test"',
  ]);
});
