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
import { follow } from './follow.js';
import { recordText, storyText } from './search-text.js';

interface SearchOptions {
  readonly json?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly collection?: readonly string[];
  readonly source?: readonly number[];
  readonly limit: number;
  readonly follow?: boolean;
  readonly token?: string;
}

const PAGE = 500;

export function addSearchCommands(program: Command, withSearch: WithSearch): void {
  program
    .command('search <QUERY>')
    .description('find records, newest first; the query is in Lucene’s syntax, "*" finds all')
    .option('--since <time>', 'an ISO time, or an age such as 24h', time)
    .option('--until <time>', 'the same; not included', time)
    .option('--collection <name...>', 'only these collections or streams, such as receipt (default: all)')
    .option('--source <id...>', 'only records of these sources', sourceId)
    .option('--limit <n>', 'at most so many records', positive, 100)
    .option('--json', 'one JSON object per line, each with the whole record')
    .option('--follow', 'print new records as they are stored, until Ctrl-C; with --since, after those already stored')
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
  if (options.follow !== true) return printFound(search, wish, options);
  const stopping = stopOnSignals(() => undefined);
  let isFirst = options.since !== undefined && options.token === undefined;
  const token = await follow(search, wish, {
    token: options.token,
    signal: stopping.signal,
    onLine: async ({ record, token: reached }) => {
      // What is stored from here on is followed, so what was stored until here can be looked for.
      if (isFirst) await printFound(search, wish, options);
      isFirst = false;
      if (record !== undefined) await print(lineOf(record, options, reached));
    },
    onBreak: (reason) => tell(`${reason}; trying again`),
    isPassing: (error) => error instanceof LostConnectionError || storeErrorFactsOf(error)?.origin === 'mongodb',
  });
  if (token !== undefined) tell(`To resume: --token ${token}`);
}

async function printFound(search: SearchCommands, wish: SearchWish, options: SearchOptions): Promise<void> {
  let printed = 0;
  for (let token: string | undefined; printed < options.limit; ) {
    const page = await search.page(wish, { limit: Math.min(PAGE, options.limit - printed), token });
    for (const record of page.data) await print(lineOf(record, options));
    printed += page.data.length;
    if (page.next === undefined && page.complete) break;
    if (page.next === token && page.data.length === 0)
      throw new RefusedError('The search takes too long; shorten the time with --since and --until');
    token = page.next;
  }
  if (printed === options.limit) tell(`There may be more: only ${printed} were asked for (--limit).`);
  else if (printed === 0) tell('Nothing found.');
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
