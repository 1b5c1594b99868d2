/** What a change makes of a watchlist. Pure. */

import { present } from '../../domain/present.js';
import { changedList } from '../../domain/watchlists/changed-list.js';
import type { WantedIndicator } from '../../indicators/lists/wanted.js';
import type { WatchlistDocument, WatchlistSettings, Webhook } from '../../store/watchlists.js';
import type { WatchlistChange } from './watchlist-input.js';

export interface ChangedSettings {
  readonly settings: WatchlistSettings;
  readonly past: {
    /** How many of the indicators, the first ones, were searched for already. */
    readonly searched: number;
    readonly isDone: boolean;
  };
}

/** @param wanted what the change gives as indicators. @param webhook the one that it leads to. */
export function changedSettings(
  current: WatchlistDocument,
  { name = current.name, owner = current.owner, origin = current.origin, expires }: Omit<WatchlistChange, 'indicators'>,
  { wanted = current.indicators, webhook }: { wanted?: readonly WantedIndicator[] | undefined; webhook?: Webhook },
  now: Date,
): ChangedSettings {
  const { indicators, searched } = changedList(current.indicators, searchedOf(current, now), wanted, now);
  const expiresAt = expires === undefined ? current.expiresAt : dateOf(expires);
  const settings = { name, owner, indicators, ...present({ origin: origin ?? undefined, expiresAt, webhook }) };
  // Once the list does not expire any more, all of the past is searched.
  return { settings, past: { searched, isDone: isExpired(settings, now) } };
}

/** While a list was expired, nothing was compared with it. */
function searchedOf({ past, indicators, ...list }: WatchlistDocument, now: Date): number {
  if (isExpired(list, now)) return 0;
  return past.isDone ? indicators.length : (past.searched ?? 0);
}

function isExpired({ expiresAt }: Pick<WatchlistSettings, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function dateOf(expires: string | null): Date | undefined {
  return expires === null ? undefined : new Date(expires);
}

/** For the audit trail: without the address of the webhook, which may hold a secret. */
export function auditedOf({ name, owner, origin, expiresAt, webhook, indicators }: WatchlistSettings) {
  const hasWebhook = webhook !== undefined;
  return { name, owner, indicators: indicators.length, hasWebhook, ...present({ origin, expires: expiresAt }) };
}
