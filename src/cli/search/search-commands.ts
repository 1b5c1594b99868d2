/** `search` and `story`. */

import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { RefusedError } from '../../management/common/errors.js';
import { parseTime } from '../../management/common/parse-time.js';
import { stopOnSignals } from '../../runtime/stop-signals.js';
import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { LostConnectionError } from '../services/api-client.js';
import type { SearchCommands, SearchWish, ShownRecord } from '../services/command-services.js';
import type { WithSearch } from '../session.js';
import { type Breaks, beginning, follow, throughBreaks } from './follow.js';
import { found, type Progress } from './found-records.js';
import { RecentRecords } from './recent-records.js';
import { recordText, storyText } from './search-text.js';

interface SearchOptions {
  readonly json?: boolean;
  readonly since?: number;
  readonly until?: number;
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
    .option('--since <time>', 'an ISO time, or an age such as 24h', time)
    .option('--until <time>', 'the same; not included', time)
    .option('--collection <name...>', 'only these collections or streams, such as receipt (default: all)')
    .option('--source <id...>', 'only records of these sources', sourceId)
    .option(
      '--limit <n>',
      'at most so many records, the newest (default: 100; with --follow: no limit of those that are stored already)',
      positive,
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
  const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return { query, collections: collection, sourceIds: source, from: at(since), to: at(until) };
}

async function run(search: SearchCommands, wish: SearchWish, options: SearchOptions): Promise<void> {
  if (options.token !== undefined && options.follow !== true)
    throw new RefusedError('--token resumes what --follow has begun; give both');
  if (options.follow === true && (options.limit ?? 0) > MAX_HELD)
    throw new RefusedError(`With --follow, --limit must be at most ${MAX_HELD}`);
  if (options.follow !== true) return printFound(search, wish, options);
  const { signal } = stopOnSignals(() => undefined);
  const breaks: Breaks = {
    signal,
    onBreak: (reason) => tell(`${reason}; trying again`),
    isPassing: (error) => error instanceof LostConnectionError || storeErrorFactsOf(error)?.origin === 'mongodb',
  };
  let { token } = options;
  try {
    const printed = new RecentRecords();
    if (options.since !== undefined && token === undefined) {
      // What is stored from here on is followed, so what was stored until here can be looked for.
      const begin = await beginning(search, wish, breaks);
      const reached: Progress = { found: 0 };
      const newest: ShownRecord[] = [];
      await throughBreaks(() => printStored(search, wish, options, { reached, newest, printed, signal }), breaks);
      if (signal.aborted) return;
      token = begin;
    }
    await follow(search, wish, {
      ...breaks,
      token,
      onLine: async ({ record, token: reached }) => {
        if (record !== undefined && !printed.take(record)) await print(lineOf(record, options, reached));
        token = reached;
      },
    });
  } finally {
    if (token !== undefined) tell(`To resume: --token ${token}`);
  }
}

interface Stored {
  readonly reached: Progress;
  /** With a limit, the newest ones found so far. */
  readonly newest: ShownRecord[];
  readonly printed: RecentRecords;
  readonly signal: AbortSignal;
}

/** Oldest first; after a break, it goes on where it was. */
async function printStored(
  search: SearchCommands,
  wish: SearchWish,
  options: SearchOptions,
  { reached, newest, printed, signal }: Stored,
): Promise<void> {
  const printRecord = async (record: ShownRecord) => {
    printed.add(record);
    await print(lineOf(record, options));
  };
  const { limit } = options;
  if (limit === undefined) {
    for await (const record of found(search, wish, { order: 'oldest', reached, signal })) await printRecord(record);
  } else {
    for await (const record of found(search, wish, { limit, reached, signal })) newest.push(record);
    for (const record of newest.reverse()) await printRecord(record);
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

/** As fast as it is read. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function time(text: string): number {
  const ms = parseTime(text, Date.now());
  if (ms === undefined)
    throw new InvalidArgumentError('It takes a time such as 2026-11-20T08:00:00Z, or an age such as 24h.');
  return ms;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1.');
  return Number(text);
}

function sourceId(text: string, before: readonly number[] | undefined): number[] {
  return [...(before ?? []), positive(text)];
}
