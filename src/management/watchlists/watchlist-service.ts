/** Watchlists as commands and API offer them. */

import { randomBytes } from 'node:crypto';
import { RawError } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import { WATCHLIST_LIMITS } from '../../domain/watchlists/watchlist.js';
import { allowedUrl } from '../../http-client/allowed-url.js';
import type { StrangeEntry } from '../../indicators/lists/parse-list.js';
import type { WantedIndicator } from '../../indicators/lists/wanted.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import type { Page, PageRequest } from '../../store/list-page.js';
import { hitEventOf, type WatchlistHitEvent } from '../../store/watchlist-events.js';
import { countHits, deleteHits, hitsPage } from '../../store/watchlist-hits.js';
import {
  countWatchlists,
  deleteWatchlist,
  insertWatchlist,
  listWatchlists,
  storedWatchlist,
  type WatchlistDocument,
  type WatchlistSummary,
  type Webhook,
} from '../../store/watchlists.js';
import { audited, CLI_ACTOR } from '../audited.js';
import { CodedRefusal, RefusedError } from '../common/errors.js';
import { parsedList } from '../indicators/parsed-list.js';

export interface WatchlistInput {
  readonly name: string;
  readonly indicators: string | readonly string[];
  /** Where the indicators come from. */
  readonly origin?: string | undefined;
  /** ISO time. */
  readonly expires?: string | undefined;
  /** Address of the webhook. */
  readonly webhook?: string | undefined;
}

export interface ShownWatchlist {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly origin?: string;
  readonly createdAt: string;
  readonly expires?: string;
  readonly webhook?: string;
  /** How many indicators it has. */
  readonly size: number;
  /** Whether what was stored before is searched. */
  readonly isPastSearched: boolean;
  /** Whether more of the past matches than hits are kept. */
  readonly isPastCut: boolean;
  /** When hits were last left out because an indicator had too many that day. */
  readonly lastCutAt?: string;
  /** Why the webhook does not get its hits; absent when the last ones were accepted. */
  readonly webhookProblem?: string;
  /** Hits that the webhook never accepted. */
  readonly undelivered?: number;
  /** Counted up to 1000. */
  readonly hits: number;
}

export interface CreatedWatchlist extends ShownWatchlist {
  readonly notUnderstood: readonly StrangeEntry[];
  readonly notUnderstoodCount: number;
  /** With which hits are signed; shown only once. */
  readonly webhookSecret?: string;
}

export interface WatchlistAccess {
  readonly collections: Collections;
  readonly keyring?: Keyring | undefined;
  readonly allowInsecure: boolean;
  /** Searches the past at once; without it, a worker begins within seconds. */
  readonly start?: (watchlistId: string) => Promise<void>;
}

const MOST_COUNTED = 1_000;

export class WatchlistService {
  constructor(private readonly access: WatchlistAccess) {}

  /** @throws RefusedError naming each mistake. */
  async create(input: WatchlistInput, actor = CLI_ACTOR): Promise<CreatedWatchlist> {
    const { collections, start } = this.access;
    const name = input.name.trim();
    const { wanted, notUnderstood, strange } = await parsedList(input.indicators);
    const mistakes = [
      ...mistakesIn({ ...input, name }, Date.now()),
      ...this.webhookMistakes(input),
      ...sizeMistakes(wanted),
    ];
    if (mistakes.length > 0) throw new RefusedError('This watchlist is invalid:', mistakes);
    await collections.ensureIndexes();
    if ((await countWatchlists(collections)) >= WATCHLIST_LIMITS.lists)
      throw new RefusedError(`There may be at most ${WATCHLIST_LIMITS.lists} watchlists: delete one`);
    const { webhook, secret } = await this.sealed(input.webhook);
    const expiresAt = input.expires === undefined ? undefined : new Date(input.expires);
    const entry = { actor, action: 'watchlist.create', name };
    const document = await audited(collections, entry, async () => {
      const made = { name, owner: actor, indicators: wanted, ...present({ origin: input.origin, expiresAt, webhook }) };
      return { result: await insertWatchlist(collections, made, () => isTaken(name)) };
    });
    // A worker begins anyway: that Temporal is away must not look as if nothing had been stored.
    await start?.(document._id).catch(() => undefined);
    const shown = await this.shown({ ...document, size: wanted.length });
    return { ...shown, notUnderstood, notUnderstoodCount: strange, ...present({ webhookSecret: secret }) };
  }

  async list(): Promise<ShownWatchlist[]> {
    return Promise.all((await listWatchlists(this.access.collections)).map((each) => this.shown(each)));
  }

  async get(idOrName: string): Promise<ShownWatchlist & { readonly indicators: readonly string[] }> {
    const { indicators, ...document } = await this.find(idOrName);
    const shown = await this.shown({ ...document, size: indicators.length });
    return { ...shown, indicators: indicators.map(({ text }) => text) };
  }

  /** Found last first. */
  async hits(idOrName: string, request: PageRequest): Promise<Page<WatchlistHitEvent>> {
    const watchlist = await this.find(idOrName);
    const { items, ...next } = await hitsPage(this.access.collections, watchlist._id, request);
    return { items: items.map((hit) => hitEventOf(hit, watchlist)), ...next };
  }

  async remove(idOrName: string, actor = CLI_ACTOR): Promise<{ readonly id: string }> {
    const { collections } = this.access;
    const { _id: id, name } = await this.find(idOrName);
    await audited(collections, { actor, action: 'watchlist.delete', name }, async () => {
      await deleteWatchlist(collections, id);
      return { result: await deleteHits(collections, id) };
    });
    return { id };
  }

  /** @throws CodedRefusal */
  private async find(idOrName: string): Promise<WatchlistDocument> {
    const { collections } = this.access;
    const named = async () => (await listWatchlists(collections)).find(({ name }) => name === idOrName)?._id;
    const id = /^[0-9a-f]{24}$/.test(idOrName) ? idOrName : await named();
    const found = id === undefined ? null : await storedWatchlist(collections, id);
    if (found === null) throw new CodedRefusal(404, 'watchlist.notfound', `There is no watchlist ${idOrName}`);
    return found;
  }

  private async shown(document: WatchlistSummary): Promise<ShownWatchlist> {
    const { _id: id, name, owner, origin, createdAt, expiresAt, webhook, past, size, lastCutAt } = document;
    const { webhookProblem, undelivered } = document;
    const trouble = { lastCutAt: lastCutAt?.toISOString(), webhookProblem, undelivered };
    return {
      ...{ id, name, owner, createdAt: createdAt.toISOString(), size },
      ...present({ origin, expires: expiresAt?.toISOString(), webhook: webhook?.url, ...trouble }),
      isPastSearched: past.isDone,
      isPastCut: past.isMore || document.isPastCut === true,
      hits: await countHits(this.access.collections, id, MOST_COUNTED),
    };
  }

  private webhookMistakes({ webhook }: WatchlistInput): string[] {
    const { keyring, allowInsecure } = this.access;
    if (webhook === undefined) return [];
    if (keyring === undefined) return ['webhook: MIMECAST_SECRET_KEYS is not set, so its secret cannot be encrypted'];
    try {
      allowedUrl(webhook, { allowInsecure, origin: 'configuration', endpoint: 'webhook' });
      return [];
    } catch (error) {
      if (error instanceof RawError) return [`webhook: ${error.message}`];
      throw error;
    }
  }

  private async sealed(url: string | undefined): Promise<{ readonly webhook?: Webhook; readonly secret?: string }> {
    const { keyring } = this.access;
    if (url === undefined || keyring === undefined) return {};
    const secret = randomBytes(32).toString('base64url');
    return { webhook: { url, secret: await keyring.encrypt(secret) }, secret };
  }
}

function mistakesIn({ name, expires }: WatchlistInput, now: number): string[] {
  const mistakes: string[] = [];
  if (name === '' || name.length > WATCHLIST_LIMITS.name)
    mistakes.push(`name: must have 1 to ${WATCHLIST_LIMITS.name} characters`);
  const time = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  if (Number.isNaN(time)) mistakes.push(`expires: "${expires}" is not a time such as 2027-01-31T00:00:00Z`);
  else if (time <= now) mistakes.push('expires: must be in the future');
  return mistakes;
}

function sizeMistakes(wanted: readonly WantedIndicator[]): string[] {
  const keys = wanted.reduce((sum, each) => sum + each.keys.length, 0);
  const { indicators: most, keys: mostKeys, characters: mostCharacters } = WATCHLIST_LIMITS;
  const characters = wanted.reduce((sum, { text, keys }) => sum + text.length + keys.join('').length, 0);
  if (wanted.length === 0) return ['indicators: none was understood'];
  if (wanted.length > most) return [`indicators: at most ${most}, and this list has ${wanted.length}: split it`];
  if (characters > mostCharacters)
    return [`indicators: at most ${mostCharacters} characters, and this list needs ${characters}: split it`];
  return keys > mostKeys ? ['indicators: too many address ranges: split the list'] : [];
}

function isTaken(name: string): CodedRefusal {
  return new CodedRefusal(409, 'watchlist.name.taken', `There is already a watchlist "${name}"`);
}
