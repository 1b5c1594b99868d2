import { expect, test } from 'vitest';
import { beginning, follow } from '../../../src/cli/follow/follow.js';
import { LostConnectionError } from '../../../src/cli/services/api-client.js';
import type { FollowLine } from '../../../src/cli/services/command-services.js';

const LOST = new Error('lost');

/** Connections that give some lines each and then break. */
function flaky(connections: readonly (readonly FollowLine<never>[])[], last: () => Error = () => LOST) {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    follow: async function* (token: string | undefined): AsyncGenerator<FollowLine<never>, void> {
      const lines = connections[asked.length] ?? [];
      asked.push(token);
      yield* lines;
      throw last();
    },
  };
}

function options(stopAfter: number) {
  const stopping = new AbortController();
  const seen: string[] = [];
  const breaks: string[] = [];
  return {
    seen,
    breaks,
    options: {
      signal: stopping.signal,
      pauseMs: 0,
      onLine: async ({ token }: FollowLine<never>) => {
        seen.push(token);
        if (seen.length === stopAfter) stopping.abort();
      },
      onBreak: (reason: string) => breaks.push(reason),
      isPassing: (error: unknown) => error === LOST,
    },
  };
}

test('goes on behind the last token after each break, and returns it in the end', async () => {
  const search = flaky([[{ token: 'a' }, { token: 'b' }], [], [{ token: 'c' }]]);
  const run = options(3);
  expect(await follow(search.follow, { token: undefined, ...run.options })).toBe('c');
  expect(run.seen).toEqual(['a', 'b', 'c']);
  expect(search.asked).toEqual([undefined, 'b', 'b']);
  expect(run.breaks).toEqual(['lost', 'lost']);
});

test('a line that could not be dealt with is asked for again', async () => {
  const search = flaky([[{ token: 'a' }, { token: 'b' }], [{ token: 'b' }]]);
  const run = options(2);
  let isFirst = true;
  const onLine = async (line: FollowLine<never>) => {
    if (line.token === 'b' && isFirst) {
      isFirst = false;
      throw LOST;
    }
    return run.options.onLine(line);
  };
  await follow(search.follow, { token: undefined, ...run.options, onLine });
  expect(search.asked).toEqual([undefined, 'a']);
  expect(run.seen).toEqual(['a', 'b']);
});

test('what is refused, and what breaks before there is a token, is an error', async () => {
  const refused = new Error('refused');
  const asked = { token: 'x', ...options(9).options };
  await expect(follow(flaky([], () => refused).follow, asked)).rejects.toBe(refused);
  await expect(follow(flaky([]).follow, { ...asked, token: undefined })).rejects.toBe(LOST);
});

test('the beginning is asked for again when the connection breaks, and not before the server says', async () => {
  const busy = new LostConnectionError('busy', 60_000);
  const { options: breaks, breaks: told } = options(9);
  const stopping = new AbortController();
  const passing = { ...breaks, signal: stopping.signal, isPassing: () => true };
  let tries = 0;
  const feed = (error: Error) =>
    async function* (): AsyncGenerator<FollowLine<never>, void> {
      tries += 1;
      if (tries === 1) throw error;
      yield { token: 'a' };
    };
  expect(await beginning(feed(LOST), passing)).toBe('a');
  tries = 0;
  const onBreak = () => void setImmediate(() => stopping.abort());
  expect(await beginning(feed(busy), { ...passing, onBreak })).toBeUndefined();
  expect([tries, told]).toEqual([1, ['lost']]);
});
