/** `--follow` of a command: what is stored already, then whatever is stored, with the tokens from which to resume. */

import { stopOnSignals } from '../../runtime/stop-signals.js';
import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { print, tell } from '../output.js';
import { LostConnectionError } from '../services/api-client.js';
import { type Breaks, beginning, type Feed, follow, throughBreaks } from './follow.js';
import { Recent } from './recent.js';

export interface FollowPlan<T> {
  readonly feed: Feed<T>;
  /** From where; default: from now on. */
  readonly token: string | undefined;
  /** Prints what is stored already, by `printed`; after a break it is called again, and goes on where it was. */
  readonly stored?: ((printed: (item: T) => Promise<void>, signal: AbortSignal) => Promise<void>) | undefined;
  /** The same for the same item. */
  readonly keyOf: (item: T) => string;
  /** Without a line end. @param token of an item that was stored now */
  readonly textOf: (item: T, token?: string) => string;
  /** Whether the lines are JSON objects, among which tokens find their place. */
  readonly isJson: boolean;
}

/**
 * A token is good for as long as MongoDB's log of changes reaches back, and a program may be killed: whoever follows what is
 * rare would have none that is still good.
 */
const TOKEN_EVERY_MS = 60_000;

/** @param options.now in milliseconds, of a clock that only goes forward */
export async function printFollowed<T>(
  { feed, token: start, stored, keyOf, textOf, isJson }: FollowPlan<T>,
  { now = () => performance.now() }: { readonly now?: () => number } = {},
): Promise<void> {
  const { signal } = stopOnSignals(() => undefined);
  const breaks: Breaks = {
    signal,
    onBreak: (reason) => tell(`${reason}; trying again`),
    isPassing: (error) => error instanceof LostConnectionError || storeErrorFactsOf(error)?.origin === 'mongodb',
  };
  let token = start;
  let toldAt = Number.NEGATIVE_INFINITY;
  const tellToken = async (reached: string) => {
    if (isJson) await print(JSON.stringify({ token: reached }));
    else tell(`To resume: --token ${reached}`);
  };
  try {
    const recent = new Recent();
    if (stored !== undefined && token === undefined) {
      // What is stored from here on is followed, so what was stored until here can be looked for.
      const begin = await beginning(feed, breaks);
      const printed = async (item: T) => {
        recent.add(keyOf(item));
        await print(textOf(item));
      };
      await throughBreaks(() => stored(printed, signal), breaks);
      if (signal.aborted) return;
      token = begin;
    }
    await follow(feed, {
      ...breaks,
      token,
      onLine: async ({ item, token: reached }) => {
        const isNew = item !== undefined && !recent.take(keyOf(item));
        if (isNew) await print(textOf(item, reached));
        token = reached;
        if (isNew && isJson) toldAt = now();
        else if (now() - toldAt >= TOKEN_EVERY_MS) {
          await tellToken(reached);
          toldAt = now();
        }
      },
    });
  } finally {
    if (token !== undefined) tell(`To resume: --token ${token}`);
  }
}
