/** Listing a SIEM stream's batch files, page by page. */

import { createHash } from 'node:crypto';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { BatchPage } from '../../mimecast/siem.js';
import type { LoadedSource } from '../source/source-reader.js';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 100;
/** How often one page is listed again for fresh signatures before an expired file counts as a failure. */
export const MAX_RELISTINGS = 3;
/** The endpoint keeps seven days and refuses an older date; asked without one it begins with the oldest it has. */
export const REACH_MS = 7 * DAY_MS;

/** A place in a stream: a page token, or without one the day of a time. */
export interface BatchPlace {
  readonly pageToken?: string | undefined;
  readonly beginAt: Date;
}

/** The page at a place; without a token the first page from a day on, or the oldest that there is. */
export async function listBatchPage(
  { client }: LoadedSource,
  stream: SiemStream,
  { pageToken, beginAt }: BatchPlace,
  signal?: AbortSignal,
): Promise<BatchPage> {
  const range = pageToken === undefined ? firstRange(beginAt, await client.present(signal)) : {};
  return client.listBatchFiles({ type: stream, pageToken, pageSize: PAGE_SIZE, ...range }, signal);
}

/** @param now by the API's clock: ours may be hours ahead, and the range would begin too late. */
function firstRange(beginAt: Date, now: number): { readonly from?: Date; readonly to?: Date } {
  const firstDay = Math.floor(beginAt.getTime() / DAY_MS) * DAY_MS;
  return firstDay <= now - REACH_MS ? {} : { from: new Date(Math.min(beginAt.getTime(), now)), to: new Date(now) };
}

/** By which a token is recognized when it comes again. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64').slice(0, 16);
}
