import { expect, test } from 'vitest';
import { areEnough, type HostDoubts, isMimecastHost, withDoubt } from '../../../src/domain/failures/host-doubts.js';

const MINUTE = 60_000;
const at = (minutes: number) => new Date(minutes * MINUTE);

/** The doubts after failures at these minutes. */
const after = (minutes: readonly number[]) =>
  minutes.reduce<HostDoubts | undefined>(
    (doubts, minute) => withDoubt(doubts, 'https://a.example', at(minute)),
    undefined,
  );

test.each<[string, readonly number[], boolean]>([
  ['one', [0], false],
  ['a burst', [0, 0, 0, 0, 0, 0], false],
  ['few over a long time', [0, 2, 5], false],
  ['several over minutes', [0, 1, 2, 3], true],
  ['several, the first of them long ago', [0, 70, 70.5, 71, 72], false],
  ['several again, after those of long ago', [0, 70, 71, 72, 73], true],
])('%s failures: %o', (_, minutes, expected) => {
  const doubts = after(minutes);
  expect(doubts !== undefined && areEnough(doubts)).toBe(expected);
});

test('another address begins again', () => {
  const doubts = withDoubt(after([0, 1, 2, 3]), 'https://b.example', at(4));
  expect(doubts).toEqual({ baseUrl: 'https://b.example', count: 1, since: at(4), at: at(4) });
});

test.each([
  ['api.services.mimecast.com', true],
  ['uk-api.services.mimecast.com', true],
  ['API.Services.Mimecast.com.', true],
  ['api.services.mimecast-offshore.com', true],
  ['services.mimecast.com.example.com', false],
  ['api.services-mimecast.com', false],
  ['login.mimecast.com', false],
  ['127.0.0.1', false],
])('%s is a host of Mimecast’s: %s', (host, expected) => {
  expect(isMimecastHost(host)).toBe(expected);
});
