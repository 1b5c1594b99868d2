/** Watchlists as commands and API offer them. */

import { randomBytes } from 'node:crypto';
import { RawError } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import { WATCHLIST_LIMITS } from '../../domain/watchlists/watchlist.js';
import { allowedUrl } from '../../http-client/allowed-url.js';
import type { StrangeEntry } from '../../indicators/lists/parsing.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import type { Followed, FollowRequest } from '../../store/follow-inserts.js';
import type { Page, PageRequest } from '../../store/list-page.js';
import { hitEventOf, type WatchlistHitEvent } from '../../store/watchlist-events.js';
import {
  allHitsPage,
  countHits,
  deleteHits,
  followHits,
  type HitRange,
  hitsPage,
  type WatchlistHitDocument,
} from '../../store/watchlist-hits.js';
import {
  countWatchlists,
  deleteWatchlist,
  insertWatchlist,
  listWatchlists,
  replaceWatchlist,
  storedWatchlist,
  type WatchlistDocument,
  type WatchlistSummary,
  type Webhook,
} from '../../store/watchlists.js';
import { audited, CLI_ACTOR } from '../audited.js';
import { CodedRefusal, RefusedError } from '../common/errors.js';
import { parsedList } from '../indicators/parsed-list.js';
import { changedMeanwhile } from '../refusals.js';
import { auditedOf, changedSettings } from './changed-settings.js';
import { mistakesIn, sizeMistakes, type WatchlistChange, type WatchlistInput } from './watchlist-input.js';

export interface ShownWatchlist {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly origin?: string;
  readonly createdAt: string;
  /** How often it was saved. */
  readonly revision: number;
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

export interface SavedWatchlist extends ShownWatchlist {
  readonly notUnderstood: readonly StrangeEntry[];
  readonly notUnderstoodCount: number;
  /** Of a new address of the webhook: with which hits are signed. Shown only once. */
  readonly webhookSecret?: string;
}

export interface WatchlistAccess {
  readonly collections: Collections;
  readonly keyring?: Keyring | undefined;
  readonly allowInsecure: boolean;
  /** Searches the past at once; without it, a worker begins within seconds. */
  readonly start?: (watchlistId: string) => Promise<void>;
  /** The same after a change. */
  readonly restart?: (watchlistId: string) => Promise<void>;
}

export interface ChangeOptions {
  /** Default: the command line. */
  readonly actor?: string;
  /** Whether the caller knows the list as it is now. Default: yes. */
  readonly mayChange?: (current: Pick<ShownWatchlist, 'id' | 'revision'>) => boolean;
}

const MOST_COUNTED = 1_000;

export class WatchlistService {
  constructor(private readonly access: WatchlistAccess) {}

  /** @throws RefusedError naming each mistake. */
  async create(input: WatchlistInput, actor = CLI_ACTOR): Promise<SavedWatchlist> {
    const { collections, start } = this.access;
    const name = input.name.trim();
    const { wanted, notUnderstood, strange } = await parsedList(input.indicators);
    const mistakes = [
      ...mistakesIn({ ...input, name }, Date.now()),
      ...this.webhookMistakes(input.webhook),
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

  /**
   * What is added is answered for the past, too; what is removed raises no more hits, and those that it has raised stay.
   *
   * @throws RefusedError naming each mistake. @throws CodedRefusal 404, 409 for a name that is taken, 412
   */
  async update(
    idOrName: string,
    input: WatchlistChange,
    { actor = CLI_ACTOR, mayChange = () => true }: ChangeOptions = {},
  ): Promise<SavedWatchlist> {
    const { collections, restart } = this.access;
    const current = await this.find(idOrName);
    if (!mayChange({ id: current._id, revision: savesOf(current) })) throw changedMeanwhile('watchlist');
    const change = { ...input, name: input.name?.trim(), owner: input.owner?.trim() };
    const list = change.indicators === undefined ? undefined : await parsedList(change.indicators);
    const isNewAddress = change.webhook !== undefined && change.webhook !== (current.webhook?.url ?? null);
    const mistakes = [
      ...mistakesIn(change, Date.now()),
      ...(isNewAddress ? this.webhookMistakes(change.webhook) : []),
      ...(list === undefined ? [] : sizeMistakes(list.wanted)),
    ];
    if (mistakes.length > 0) throw new RefusedError('This change of the watchlist is invalid:', mistakes);
    const { webhook, secret } = isNewAddress ? await this.sealed(change.webhook) : { ...current, secret: undefined };
    const { settings, past } = changedSettings(
      current,
      change,
      { wanted: list?.wanted, ...(webhook && { webhook }) },
      new Date(),
    );
    const { name } = settings;
    const entry = { actor, action: 'watchlist.update', name, from: auditedOf(current), to: auditedOf(settings) };
    const saved = await audited(collections, entry, async () => {
      const result = await replaceWatchlist(collections, current, settings, past, () => isTaken(name));
      if (result === null) throw changedMeanwhile('watchlist');
      return { result };
    });
    await restart?.(saved._id).catch(() => undefined);
    const { notUnderstood = [], strange: notUnderstoodCount = 0 } = list ?? {};
    const shown = await this.shown({ ...saved, size: settings.indicators.length });
    return { ...shown, notUnderstood, notUnderstoodCount, ...present({ webhookSecret: secret }) };
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
  async hits(idOrName: string, request: PageRequest & HitRange): Promise<Page<WatchlistHitEvent>> {
    const watchlist = await this.find(idOrName);
    const { items, ...next } = await hitsPage(this.access.collections, watchlist._id, request);
    return { items: items.map((hit) => hitEventOf(hit, watchlist)), ...next };
  }

  /** Those that are raised from now on, or from a token on. @throws PageTokenError, FollowTokenLostError with the first */
  async *followHits(
    idOrName: string,
    request: FollowRequest,
  ): AsyncGenerator<Followed<WatchlistHitEvent>, void, undefined> {
    const watchlist = await this.find(idOrName);
    for await (const { token, item } of followHits(this.access.collections, watchlist._id, request))
      yield { token, ...present({ item: item && hitEventOf(item, watchlist) }) };
  }

  /** Of all watchlists; found last first. */
  async allHits(which: { readonly sourceId?: number }, request: PageRequest): Promise<Page<WatchlistHitEvent>> {
    const { collections } = this.access;
    const { items, ...next } = await allHitsPage(collections, which, request);
    const names = new Map((await listWatchlists(collections)).map(({ _id, name }) => [_id, name]));
    // Of a list that is being deleted, the hits go last.
    const named = (hit: WatchlistHitDocument) => ({ _id: hit.watchlistId, name: names.get(hit.watchlistId) ?? '' });
    return { items: items.map((hit) => hitEventOf(hit, named(hit))), ...next };
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
    const { _id: id, name, owner, origin, createdAt, expiresAt, webhook, past, size } = document;
    const { lastCutAt, webhookProblem, undelivered } = document;
    const trouble = { lastCutAt: lastCutAt?.toISOString(), webhookProblem, undelivered };
    return {
      ...{ id, name, owner, createdAt: createdAt.toISOString(), revision: savesOf(document), size },
      ...present({ origin, expires: expiresAt?.toISOString(), webhook: webhook?.url, ...trouble }),
      isPastSearched: past.isDone,
      isPastCut: past.isMore || document.isPastCut === true,
      hits: await countHits(this.access.collections, id, MOST_COUNTED),
    };
  }

  private webhookMistakes(webhook: string | null | undefined): string[] {
    const { keyring, allowInsecure } = this.access;
    if (webhook === undefined || webhook === null) return [];
    if (keyring === undefined) return ['webhook: MIMECAST_SECRET_KEYS is not set, so its secret cannot be encrypted'];
    try {
      allowedUrl(webhook, { allowInsecure, origin: 'configuration', endpoint: 'webhook' });
      return [];
    } catch (error) {
      if (error instanceof RawError) return [`webhook: ${error.message}`];
      throw error;
    }
  }

  private async sealed(
    url: string | null | undefined,
  ): Promise<{ readonly webhook?: Webhook; readonly secret?: string }> {
    const { keyring } = this.access;
    if (url === undefined || url === null || keyring === undefined) return {};
    const secret = randomBytes(32).toString('base64url');
    return { webhook: { url, secret: await keyring.encrypt(secret) }, secret };
  }
}

function savesOf({ revision = 0 }: Pick<WatchlistDocument, 'revision'>): number {
  return revision + 1;
}

function isTaken(name: string): CodedRefusal {
  return new CodedRefusal(409, 'watchlist.name.taken', `There is already a watchlist "${name}"`);
}
