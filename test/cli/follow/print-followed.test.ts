/** `--follow`: from which token to resume is told in time, whatever ends it. */

import { afterEach, expect, test, vi } from 'vitest';
import { printFollowed } from '../../../src/cli/follow/print-followed.js';
import { Recent } from '../../../src/cli/follow/recent.js';
import type { FollowLine } from '../../../src/cli/services/command-services.js';
import { RefusedError } from '../../../src/management/common/errors.js';

afterEach(() => vi.restoreAllMocks());

type Line = FollowLine<string> & { readonly second: number };

/** @param lines with the second at which each comes; then the key is gone. */
async function run(lines: readonly Line[], isJson: boolean) {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  let second = 0;
  const feed = async function* (): AsyncGenerator<FollowLine<string>, void> {
    for (const line of lines) {
      second = line.second;
      yield line;
    }
    throw new RefusedError('the key is gone');
  };
  const textOf = (item: string, token?: string) => (isJson ? JSON.stringify({ token, item }) : item);
  const ended = printFollowed(
    { feed, token: undefined, keyOf: (item) => item, textOf, isJson },
    { now: () => second * 1_000 },
  );
  await expect(ended).rejects.toThrow('the key is gone');
  const written = (spy: typeof out) => spy.mock.calls.map(([text]) => String(text).trimEnd());
  return { out: written(out), err: written(err) };
}

const LINES: readonly Line[] = [
  { second: 0, token: 'a' },
  { second: 1, token: 'b' },
  { second: 30, token: 'c', item: 'one' },
  { second: 60, token: 'd' },
  { second: 90, token: 'e' },
  { second: 91, token: 'f' },
  { second: 200, token: 'g' },
];

test('among JSON lines at the beginning, and then whenever none was told for a minute', async () => {
  const { out, err } = await run(LINES, true);
  expect(out.map((line) => JSON.parse(line))).toEqual([
    { token: 'a' },
    { token: 'c', item: 'one' },
    { token: 'e' },
    { token: 'g' },
  ]);
  expect(err).toEqual(['To resume: --token g']);
});

test('beside lines of another form', async () => {
  const { out, err } = await run(LINES, false);
  expect(out).toEqual(['one']);
  expect(err).toEqual(['a', 'd', 'g', 'g'].map((token) => `To resume: --token ${token}`));
});

test('of what was printed only the last is remembered, and each is told again once', () => {
  const recent = new Recent(3);
  for (const key of ['a', 'b', 'c', 'd']) recent.add(key);
  expect(['a', 'b', 'd', 'd'].map((key) => recent.take(key))).toEqual([false, true, true, false]);
});
