/** `search` and `story`. */

import type { Command } from 'commander';
import { RefusedError } from '../../management/common/errors.js';
import { timeOf, wholeNumber } from '../arguments.js';
import { printFollowed } from '../follow/print-followed.js';
import { print, tell } from '../output.js';
import type { SearchCommands, SearchWish, ShownRecord } from '../services/command-services.js';
import type { WithSearch } from '../session.js';
import { found, type Progress } from './found-records.js';
import { recordText, storyText } from './search-text.js';

interface SearchOptions {
  readonly json?: boolean;
  readonly since?: Date;
  readonly until?: Date;
  readonly collection?: readonly string[];
  readonly source?: readonly number[];
  readonly limit?: number;
  readonly follow?: boolean;
  readonly token?: string;
}

const DEFAULT_LIMIT = 100;
/** The newest records come newest first, so they are held in memory until the oldest of them can be printed. */
const MAX_HELD = 10_000;

export function addSearchCommands(program: Command, withSearch: WithSearch): void {
  program
    .command('search <QUERY>')
    .description('find records, newest first; the query is in Lucene’s syntax, "*" finds all')
    .option('--since <time>', 'an ISO time, or an age such as 24h', timeOf)
    .option('--until <time>', 'the same; not included', timeOf)
    .option('--collection <name...>', 'only these collections or streams, such as receipt (default: all)')
    .option('--source <id...>', 'only records of these sources', sourceId)
    .option(
      '--limit <n>',
      'at most so many records, the newest (default: 100; with --follow: no limit of those that are stored already)',
      wholeNumber,
    )
    .option('--json', 'one JSON object per line, each with the whole record')
    .option(
      '--follow',
      'print new records as they are stored, until Ctrl-C; with --since, all that are stored already before them, oldest first; after a break, a record may come twice',
    )
    .option('--token <token>', 'with --follow: resume where another one ended; a record may come twice')
    .action((query: string, options: SearchOptions) =>
      withSearch((search) => run(search, wishOf(query, options), options)),
    );
  program
    .command('story <ID>')
    .description('show all records of the message that a record belongs to, oldest first; the ID is that of "search"')
    .option('--json', 'print the result as JSON')
    .action((id: string, { json }: Pick<SearchOptions, 'json'>) =>
      withSearch(async (search) => {
        const story = await search.story('any', id);
        await print(json ? JSON.stringify(story, null, 2) : storyText(story));
      }),
    );
}

function wishOf(query: string, { since, until, collection, source }: SearchOptions): SearchWish {
  return { query, collections: collection, sourceIds: source, from: since?.toISOString(), to: until?.toISOString() };
}

async function run(search: SearchCommands, wish: SearchWish, options: SearchOptions): Promise<void> {
  if (options.token !== undefined && options.follow !== true)
    throw new RefusedError('--token resumes what --follow has begun; give both');
  if (options.follow === true && (options.limit ?? 0) > MAX_HELD)
    throw new RefusedError(`With --follow, --limit must be at most ${MAX_HELD}`);
  if (options.follow !== true) return printFound(search, wish, options);
  const reached: Progress = { found: 0 };
  const newest: ShownRecord[] = [];
  await printFollowed<ShownRecord>({
    feed: (token, signal) => search.follow(wish, token, signal),
    token: options.token,
    stored:
      options.since === undefined
        ? undefined
        : (printed, signal) => printStored(search, wish, options, { reached, newest, printed, signal }),
    keyOf: ({ collection, id }) => `${collection}/${id}`,
    textOf: (record, token) => lineOf(record, options, token),
    isJson: options.json === true,
  });
}

interface Stored {
  readonly reached: Progress;
  /** With a limit, the newest ones found so far. */
  readonly newest: ShownRecord[];
  readonly printed: (record: ShownRecord) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Oldest first; after a break, it goes on where it was. */
async function printStored(
  search: SearchCommands,
  wish: SearchWish,
  { limit }: SearchOptions,
  { reached, newest, printed, signal }: Stored,
): Promise<void> {
  if (limit === undefined) {
    for await (const record of found(search, wish, { order: 'oldest', reached, signal })) await printed(record);
  } else {
    for await (const record of found(search, wish, { limit, reached, signal })) newest.push(record);
    for (const record of newest.reverse()) await printed(record);
  }
  tellEnd(reached.found, limit);
}

async function printFound(search: SearchCommands, wish: SearchWish, options: SearchOptions): Promise<void> {
  const { limit = DEFAULT_LIMIT } = options;
  const reached: Progress = { found: 0 };
  for await (const record of found(search, wish, { limit, reached })) await print(lineOf(record, options));
  tellEnd(reached.found, limit);
}

function tellEnd(count: number, limit: number | undefined): void {
  if (count === limit) tell(`There may be more than ${count}: raise --limit to see them.`);
  else if (count === 0) tell('Nothing found.');
}

function lineOf(record: ShownRecord, { json }: SearchOptions, token?: string): string {
  return json ? JSON.stringify(token === undefined ? record : { token, ...record }) : recordText(record);
}

function sourceId(text: string, before: readonly number[] | undefined): number[] {
  return [...(before ?? []), wholeNumber(text)];
}
