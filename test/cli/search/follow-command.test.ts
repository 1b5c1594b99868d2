/** `search --follow` from the first stored record to whatever ends it. */

import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { addSearchCommands } from '../../../src/cli/search/search-commands.js';
import type { FollowLine, SearchCommands, ShownRecord } from '../../../src/cli/services/command-services.js';
import { RefusedError } from '../../../src/management/common/errors.js';
import { numbers } from '../../support/store-fixtures.js';

const record = (id: string): ShownRecord => ({ collection: 'c', stream: 'hold', id, time: '', record: {} });

/** 1,200 stored records; one more is stored while these are read, and then the server refuses. */
function searchOf() {
  const asked: string[] = [];
  const search: SearchCommands = {
    page: async (_wish, { limit, token = '0' }) => {
      asked.push(`page ${token}`);
      const begin = Number(token);
      const end = Math.min(1_200, begin + limit);
      const data = numbers(end - begin).map((at) => record(String(begin + at)));
      return { data, plan: 'index', complete: true, ...(end < 1_200 && { next: String(end) }) };
    },
    story: () => Promise.reject(new Error('not asked for')),
    follow: async function* (_wish, token): AsyncGenerator<FollowLine, void> {
      asked.push(`follow ${token}`);
      if (token === undefined) yield { token: 'begin' };
      else yield { token: 'end', record: record('new') };
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
  const lines = printed.mock.calls.map(([line]) => JSON.parse(String(line)).id);
  return { ended, lines, told: told.mock.calls.map(([text]) => String(text)).join(''), asked };
}

afterEach(() => vi.restoreAllMocks());

test('all stored records are printed, those behind the begin of the follow after them, and the token whatever ends it', async () => {
  const { ended, lines, told, asked } = await run('--follow', '--since', '2026-01-01', '--json');
  expect(lines).toEqual([...numbers(1_200).map(String), 'new']);
  expect(asked).toEqual(['follow undefined', 'page 0', 'page 500', 'page 1000', 'follow begin']);
  expect(ended).toBe('the key is gone');
  expect(told).toContain('To resume: --token end');
});

test('not more stored ones than were asked for', async () => {
  const { lines } = await run('--follow', '--since', '2026-01-01', '--json', '--limit', '2');
  expect(lines).toEqual(['0', '1', 'new']);
});

test('without --follow, 100 unless otherwise asked for', async () => {
  expect((await run('--json')).lines).toHaveLength(100);
});
