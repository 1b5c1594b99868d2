/** `watchlist`: lists of indicators that raise hits. */

import { Command } from 'commander';
import type { WatchlistChange, WatchlistInput } from '../management/watchlists/watchlist-input.js';
import type { SavedWatchlist, ShownWatchlist } from '../management/watchlists/watchlist-service.js';
import { readText } from './read-text.js';
import type { WatchlistCommands } from './services/command-services.js';
import type { WithWatchlists } from './session.js';
import { count, table } from './table.js';
import { addHitsCommand } from './watchlist-hits.js';

interface Json {
  readonly json?: boolean;
}

type CreateOptions = Json & Pick<WatchlistInput, 'origin' | 'expires' | 'webhook'>;
type UpdateOptions = CreateOptions & Pick<WatchlistChange, 'name' | 'owner'>;

export function watchlistCommand(withWatchlists: WithWatchlists): Command {
  async function answer<T>(
    json: boolean | undefined,
    work: (of: WatchlistCommands) => Promise<T>,
    text: (of: T) => string,
  ) {
    const result = await withWatchlists(work);
    process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text(result)}\n`);
  }
  const watchlists = new Command('watchlist').description(
    'lists of indicators that raise a hit for each record with one',
  );
  const command = (name: string, description: string) =>
    watchlists.command(name).description(description).option('--json', 'print the result as JSON');
  command(
    'create <NAME> <FILE|->',
    'create a watchlist from a list as "ioc" reads it; stored records are searched, too',
  )
    .option('--origin <text>', 'where the indicators come from')
    .option('--expires <time>', 'an ISO time from which on no hits are raised (default: never)')
    .option('--webhook <url>', 'address that hits are sent to')
    .action(async (name: string, file: string, { json, origin, expires, webhook }: CreateOptions) => {
      const indicators = await readText(file);
      await answer(
        json,
        (service) => service.create({ name, indicators, origin, expires, webhook }),
        savedAs('Created'),
      );
    });
  command(
    'update <ID> [FILE|-]',
    'change a watchlist (its id or name): what is not given stays; a file replaces all of its indicators',
  )
    .option('--name <name>', 'another name')
    .option('--owner <owner>', 'who answers for it')
    .option('--origin <text>', 'where the indicators come from ("" for nothing)')
    .option('--expires <time>', 'an ISO time from which on no hits are raised, or "never"')
    .option('--webhook <url>', 'address that hits are sent to, or "none"')
    .action(async (id: string, file: string | undefined, { json, name, owner, ...more }: UpdateOptions) => {
      const change = {
        ...{ name, owner, indicators: file === undefined ? undefined : await readText(file) },
        origin: more.origin === '' ? null : more.origin,
        expires: more.expires === 'never' ? null : more.expires,
        webhook: more.webhook === 'none' ? null : more.webhook,
      };
      await answer(json, (service) => service.update(id, change), savedAs('Changed'));
    });
  command('list', 'list all watchlists').action(({ json }: Json) =>
    answer(json, (service) => service.list(), listText),
  );
  command('show <ID>', 'show a watchlist (its id or name) with its indicators').action((id: string, { json }: Json) =>
    answer(
      json,
      (service) => service.get(id),
      ({ indicators, ...rest }) => [listText([rest]), '', ...indicators].join('\n'),
    ),
  );
  addHitsCommand(watchlists, withWatchlists);
  command('delete <ID>', 'delete a watchlist and its hits').action((id: string, { json }: Json) =>
    answer(
      json,
      (service) => service.remove(id),
      (removed) => `The watchlist ${removed.id} was deleted.`,
    ),
  );
  return watchlists;
}

function savedAs(what: 'Created' | 'Changed') {
  return ({ name, size, id, notUnderstood, notUnderstoodCount, webhookSecret }: SavedWatchlist): string =>
    [
      `${what} the watchlist "${name}" (${id})${what === 'Changed' ? ', now' : ''} with ${count(size)} indicator${size === 1 ? '' : 's'}.`,
      ...notUnderstood.map(({ line, text, reason }) => `Not understood, line ${line}: ${text}: ${reason}.`),
      ...(notUnderstoodCount > notUnderstood.length ? [`Not understood: ${count(notUnderstoodCount)} in all.`] : []),
      ...(webhookSecret === undefined ? [] : [`Webhook secret: ${webhookSecret} (shown only once)`]),
    ].join('\n');
}

function listText(lists: readonly ShownWatchlist[]): string {
  if (lists.length === 0) return 'There are no watchlists yet: create one with "watchlist create".';
  const rows = lists.map(({ id, name, owner, size, hits, isPastSearched, expires = 'never' }) => {
    return [id, name, owner, size, hits, isPastSearched ? 'searched' : 'being searched', expires];
  });
  return table(['id', 'name', 'owner', 'indicators', 'hits', 'stored records', 'expires'], rows);
}
