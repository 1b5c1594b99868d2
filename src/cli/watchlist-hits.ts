/** `watchlist hits`: those that were raised, and those that are raised from now on. */

import type { Command } from 'commander';
import { RefusedError } from '../management/common/errors.js';
import type { WatchlistHitEvent } from '../store/watchlist-events.js';
import type { HitRange } from '../store/watchlist-hits.js';
import { timeOf, wholeNumber } from './arguments.js';
import { printFollowed } from './follow/print-followed.js';
import { print } from './output.js';
import type { WatchlistCommands } from './services/command-services.js';
import type { WithWatchlists } from './session.js';
import { table } from './table.js';

interface HitsOptions extends HitRange {
  readonly json?: boolean;
  readonly limit?: number;
  readonly follow?: boolean;
  readonly token?: string;
}

/** Hits that are asked for at once. */
const PAGE = 1_000;
const LIMIT = 100;

export function addHitsCommand(watchlists: Command, withWatchlists: WithWatchlists): void {
  watchlists
    .command('hits <ID>')
    .description('show the hits of a watchlist, the last found first')
    .option('--since <time>', 'found since an ISO time, or an age such as 7d', timeOf)
    .option('--until <time>', 'found before it', timeOf)
    .option('--limit <number>', `at most so many, the last found (default: ${LIMIT}; with --follow: all)`, wholeNumber)
    .option('--json', 'print the result as JSON; with --follow, one object per line')
    .option(
      '--follow',
      'print new hits as they are raised, until Ctrl-C; with --since, those that were found already before them, the last found first; after a break, one may come twice',
    )
    .option('--token <token>', 'with --follow: resume where another one ended; one may come twice')
    .action((id: string, options: HitsOptions) => withWatchlists((service) => run(service, id, options)));
}

async function run(service: WatchlistCommands, id: string, options: HitsOptions): Promise<void> {
  const { json, limit = LIMIT, follow, token, until } = options;
  if (token !== undefined && follow !== true)
    throw new RefusedError('--token resumes what --follow has begun; give both');
  if (follow === true && until !== undefined)
    throw new RefusedError('--follow prints the hits that are found from now on: leave out --until');
  if (follow === true) return followed(service, id, options);
  const found: WatchlistHitEvent[] = [];
  for await (const some of pagesOf(service, id, options, { left: limit })) found.push(...some);
  await print(json ? JSON.stringify(found, null, 2) : hitsText(found));
}

function followed(
  service: WatchlistCommands,
  id: string,
  { since, limit = Number.POSITIVE_INFINITY, token, json }: HitsOptions,
): Promise<void> {
  const reached: Reached = { left: limit };
  return printFollowed<WatchlistHitEvent>({
    feed: (from, signal) => service.followHits(id, { token: from, signal }),
    token,
    stored:
      since === undefined
        ? undefined
        : async (printed, signal) => {
            for await (const some of pagesOf(service, id, { since }, reached, signal))
              for (const hit of some) await printed(hit);
          },
    keyOf: ({ eventId }) => eventId,
    textOf: (hit, at) =>
      json ? JSON.stringify(at === undefined ? hit : { token: at, ...hit }) : cellsOf(hit).join('  '),
    isJson: json === true,
  });
}

/** How far the pages have come. */
interface Reached {
  /** How many are still wanted. */
  left: number;
  token?: string | undefined;
}

/** After an error, another call with the same `reached` goes on. */
async function* pagesOf(
  service: WatchlistCommands,
  id: string,
  { since, until }: HitRange,
  reached: Reached,
  signal?: AbortSignal,
): AsyncGenerator<readonly WatchlistHitEvent[], void, undefined> {
  while (reached.left > 0 && signal?.aborted !== true) {
    const { token } = reached;
    const { items, next } = await service.hits(id, { since, until, token, limit: Math.min(PAGE, reached.left) });
    yield items;
    reached.left -= items.length;
    if (next === undefined) return;
    reached.token = next;
  }
}

function hitsText(hits: readonly WatchlistHitEvent[]): string {
  if (hits.length === 0) return 'There are no hits.';
  return table(['found', 'indicator', 'stream', 'time', 'source', 'record'], hits.map(cellsOf));
}

function cellsOf({ eventTime, details }: WatchlistHitEvent): string[] {
  const { indicator, stream, messageTime, source, recordId } = details;
  return [eventTime, indicator, stream, messageTime, source, recordId];
}
