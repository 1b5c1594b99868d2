/**
 * Sends hits to the webhook of a watchlist: at least once. A hit is marked as sent after the other side has accepted it, so
 * it may come twice; `eventId` is the same then.
 */

import { setImmediate as breathe } from 'node:timers/promises';
import { RawError } from '../../domain/failures/failure.js';
import type { WatchlistProgress } from '../../domain/watchlists/watchlist.js';
import { allowedUrl } from '../../http-client/allowed-url.js';
import { concealing } from '../../http-client/conceal.js';
import { processConnections } from '../../http-client/connections.js';
import { Deadline } from '../../http-client/deadline.js';
import { request } from '../../http-client/http.js';
import { SIGNATURE_HEADER, signatureOf } from '../../http-client/signature.js';
import { SecretError } from '../../secrets/keyring.js';
import { hitEventOf } from '../../store/watchlist-events.js';
import { giveUpHits, markSent, pendingHits, type WatchlistHitDocument } from '../../store/watchlist-hits.js';
import { noteDelivery, storedWatchlist, type WatchlistDocument } from '../../store/watchlists.js';
import type { ActivityDependencies } from '../source/dependencies.js';

/** Hits of one request. */
const AT_ONCE = 100;
const ANSWER_LIMIT_MS = 30_000;
/** A hit that is not accepted for so long after it was found is given up; it stays in the list. */
const LONGEST_TRYING_MS = 24 * 60 * 60_000;

type Dependencies = Pick<ActivityDependencies, 'allowInsecure' | 'collections' | 'keyring'>;

/**
 * @param until epoch milliseconds after which no new request is begun.
 * @throws RawError when the other side does not accept them; those that it accepted before are marked.
 */
export async function deliverHits(
  dependencies: Dependencies,
  watchlistId: string,
  signal: AbortSignal,
  until = Number.POSITIVE_INFINITY,
): Promise<WatchlistProgress> {
  const { collections } = dependencies;
  const watchlist = await storedWatchlist(collections, watchlistId);
  let sent = 0;
  for (;;) {
    const hits = await pendingHits(collections, watchlistId, AT_ONCE);
    if (hits.length === 0) return { isDone: true, hits: sent };
    // Without a webhook, or a list, nobody wants them any more.
    if (watchlist?.webhook !== undefined) {
      await sendOrGiveUp(dependencies, watchlist, hits, signal);
      if (sent === 0) await noteDelivery(collections, watchlistId, undefined, 0);
    }
    await markSent(collections, hits);
    sent += hits.length;
    if (signal.aborted || Date.now() >= until) return { isDone: false, hits: sent };
    await breathe();
  }
}

/** @throws what `send` does; the watchlist tells of it, and what has been tried for too long is given up. */
async function sendOrGiveUp(
  dependencies: Dependencies,
  watchlist: WatchlistDocument,
  hits: readonly WatchlistHitDocument[],
  signal: AbortSignal,
): Promise<void> {
  const { collections } = dependencies;
  try {
    await send(dependencies, watchlist, hits, signal);
  } catch (error) {
    const problem = deliveryProblem(error);
    if (problem === undefined || signal.aborted) throw error;
    const longAgo = new Date(Date.now() - LONGEST_TRYING_MS);
    const undelivered = await giveUpHits(collections, watchlist._id, longAgo);
    await noteDelivery(collections, watchlist._id, problem, undelivered);
    throw error;
  }
}

async function send(
  { allowInsecure, keyring }: Dependencies,
  { webhook, ...watchlist }: WatchlistDocument,
  hits: readonly WatchlistHitDocument[],
  signal: AbortSignal,
): Promise<void> {
  if (webhook === undefined) return;
  const endpoint = 'webhook';
  const url = allowedUrl(webhook.url, { allowInsecure, origin: 'file', endpoint });
  if (keyring === undefined) throw new SecretError('MIMECAST_SECRET_KEYS is not set for this worker');
  const secret = await keyring.decrypt(webhook.secret);
  const body = JSON.stringify({ events: hits.map((hit) => hitEventOf(hit, watchlist)) });
  const message = `${url.host} did not answer within ${ANSWER_LIMIT_MS / 1_000} s`;
  const deadline = new Deadline(ANSWER_LIMIT_MS, signal, { origin: 'file', endpoint, message });
  try {
    const response = await request({
      ...{ method: 'POST', url, body, endpoint, origin: 'file', deadline },
      headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signatureOf(secret, body, Date.now()) },
      connections: processConnections(allowInsecure),
      conceal: concealing([secret, webhook.url]),
      explain: () => ({ message: `${url.host} does not accept the hits` }),
    });
    await response.body?.cancel();
  } finally {
    deadline.close();
  }
}

/** What may be said of a failed delivery. */
export function deliveryProblem(error: unknown): string | undefined {
  if (error instanceof SecretError) return error.message;
  if (!(error instanceof RawError)) return undefined;
  const { message, status } = error.facts;
  return status === undefined ? message : `${message} (status ${status})`;
}
