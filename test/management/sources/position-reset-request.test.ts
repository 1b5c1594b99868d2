import { expect, test } from 'vitest';
import { positionResetFor } from '../../../src/management/sources/position-reset-request.js';

const NOW = Date.parse('2026-11-29T12:00:00Z');

test.each([
  [{ stream: 'receipt' }, { stream: 'receipt' }],
  [
    { stream: 'url protect', from: '7d' },
    { stream: 'url protect', from: '2026-11-22T12:00:00.000Z' },
  ],
  [
    { stream: 'audit', from: '2026-11-20' },
    { stream: 'audit', from: '2026-11-20T00:00:00.000Z' },
  ],
  [
    { stream: 'dlp', from: '2026-11-20T08:00:00' },
    { stream: 'dlp', from: '2026-11-20T08:00:00.000Z' },
  ],
])('%o is %o', (wish, reset) => {
  expect(positionResetFor(wish, NOW)).toEqual(reset);
});

test.each([
  [{ stream: 'mail' }, ['there is no stream "mail"']],
  [{ stream: 'receipt', from: 'yesterday' }, ['"yesterday" is neither a time']],
  [{ stream: 'receipt', from: '2026-11-30' }, ['must not be in the future']],
  [{ stream: 'mail', from: 'yesterday' }, ['there is no stream', 'neither a time']],
])('%o is refused, naming every mistake', (wish, told) => {
  expect(() => positionResetFor(wish, NOW)).toThrow(
    expect.objectContaining({ mistakes: told.map((text) => expect.stringContaining(text)) }),
  );
});
