import { expect, test } from 'vitest';
import { parseTime } from '../../../src/management/common/parse-time.js';

const NOW = Date.parse('2026-06-01T12:00:00Z');

test.each<[string, string | undefined]>([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:30', '2026-01-31T12:30:00.000Z'],
  ['2026-01-31T12:30:00.5Z', '2026-01-31T12:30:00.500Z'],
  ['2026-01-31T12:30:00+01:00', '2026-01-31T11:30:00.000Z'],
  ['1h30m', '2026-06-01T10:30:00.000Z'],
  ['0s', '2026-06-01T12:00:00.000Z'],
  ['2026-02-31', undefined],
  ['2025-02-29T00:00:00Z', undefined],
  ['2026-13-01', undefined],
  ['2026-01-31T99:00', undefined],
  ['999999999d', undefined],
  ['99999999999999d', undefined],
  ['9'.repeat(400), undefined],
  ['yesterday', undefined],
  ['', undefined],
])('%j', (text, expected) => {
  const time = parseTime(text, NOW);
  expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(expected);
});
