/** `search --follow` from the first stored record to whatever ends it. */

import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { addSearchCommands } from '../../../src/cli/search/search-commands.js';
import type { FollowLine, SearchCommands, ShownRecord } from '../../../src/cli/services/command-services.js';
import { RefusedError } from '../../../src/management/common/errors.js';
import { numbers } from '../../support/store-fixtures.js';

const record = (id: string): ShownRecord => ({ collection: 'c', stream: 'hold', id, time: '', record: {} });

/** 1,200 stored records, the last one stored while these are read, and one more after it; then the server refuses. */
function searchOf() {
  const asked: string[] = [];
  const search: SearchCommands = {
    page: async (_wish, { limit, token = '0', order = 'newest' }) => {
      asked.push(`${order} ${token}`);
      const begin = Number(token);
      const end = Math.min(1_200, begin + limit);
      const at = (n: number) => String(order === 'oldest' ? begin + n : 1_199 - begin - n);
      const data = numbers(end - begin).map((n) => record(at(n)));
      return { data, plan: 'index', complete: true, ...(end < 1_200 && { next: String(end) }) };
    },
    story: () => Promise.reject(new Error('not asked for')),
    follow: async function* (_wish, token): AsyncGenerator<FollowLine<ShownRecord>, void> {
      asked.push(`follow ${token}`);
      if (token === undefined) yield { token: 'begin' };
      else {
        yield { token: 'begun', item: record('1199') };
        yield { token: 'end', item: record('new') };
      }
      throw new RefusedError('the key is gone');
    },
  };
  return { search, asked };
}

async function run(...words: string[]) {
  const { search, asked } = searchOf();
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const program = new Command().exitOverride();
  addSearchCommands(program, (work) => work(search));
  const ended = await program.parseAsync(['search', '*', ...words], { from: 'user' }).then(
    () => 'ended',
    (error: Error) => error.message,
  );
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)).id ?? 'token');
  return { ended, lines, told: told.mock.calls.map(([text]) => String(text)).join(''), asked };
}

afterEach(() => vi.restoreAllMocks());

test('all stored records are printed oldest first, then the new ones, each once, and the token whatever ends it', async () => {
  const { ended, lines, told, asked } = await run('--follow', '--since', '2026-01-01', '--json');
  expect(lines).toEqual([...numbers(1_200).map(String), 'token', 'new']);
  expect(asked).toEqual(['follow undefined', 'oldest 0', 'oldest 500', 'oldest 1000', 'follow begin']);
  expect(ended).toBe('the key is gone');
  expect(told).toContain('To resume: --token end');
});

test('not more stored ones than were asked for: the newest', async () => {
  const { lines, asked } = await run('--follow', '--since', '2026-01-01', '--json', '--limit', '600');
  expect(lines).toEqual([...numbers(600).map((n) => String(600 + n)), 'token', 'new']);
  expect(asked).toEqual(['follow undefined', 'newest 0', 'newest 500', 'follow begin']);
});

test('not more stored ones than can be held', async () => {
  const { ended, asked } = await run('--follow', '--since', '2026-01-01', '--limit', '10001');
  expect([ended, asked]).toEqual(['With --follow, --limit must be at most 10000', []]);
});

test('without --follow, 100 unless otherwise asked for, newest first', async () => {
  expect((await run('--json')).lines).toEqual(numbers(100).map((n) => String(1_199 - n)));
});
