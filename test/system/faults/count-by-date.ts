/**
 * A second look at completeness: counts by the hour what the API says that it holds, and what is stored. It shares no code
 * with the collection; its requests, its paging and its reading of files are its own, so that a mistake there does not
 * hide itself.
 */

import { gunzipSync } from 'node:zlib';
import { isSiemStream, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import type { Collections } from '../../../src/store/collections.js';
import { raw } from '../../support/raw-collections.js';

export interface CountedApi {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Records by the hour, as `2024-01-31T09`. */
export type Hours = Readonly<Record<string, number>>;
export type CountsByDate = Readonly<Record<StreamName, Hours>>;

const HOUR_MS = 3_600_000;
/** How far back it looks. */
const HOURS = 8;
const LISTS: Readonly<Record<string, readonly [path: string, from: string, to: string]>> = {
  audit: ['/api/audit/get-audit-events', 'startDateTime', 'endDateTime'],
  dlp: ['/api/dlp/get-logs', 'from', 'to'],
  hold: ['/api/gateway/get-hold-message-list', 'start', 'end'],
  'ttp url': ['/api/ttp/url/get-logs', 'from', 'to'],
};

/** What the API says: `totalCount` of every hour, and the lines of all files that it lists by date. */
export async function countsOfApi(api: CountedApi, now: number): Promise<CountsByDate> {
  const form = { client_id: api.clientId, client_secret: api.clientSecret, grant_type: 'client_credentials' };
  const answer = await fetch(`${api.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const ask: Ask = async (path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const answered = await fetch(`${api.url}${path}`, request);
    if (!answered.ok) throw new Error(`${path}: ${answered.status}`);
    return answered.json();
  };
  return byStream((stream) => (isSiemStream(stream) ? hoursOfFiles(ask, stream, now) : hoursOfList(ask, stream, now)));
}

/** What is stored, by the time of the records. Held messages count as long as they are held. */
export function countsOfStore(collections: Collections, sourceId: number): Promise<CountsByDate> {
  return byStream(async (stream) => {
    const _id = { $dateToString: { date: '$_messageTime', format: '%Y-%m-%dT%H' } };
    const found = raw(collections)
      .records(stream)
      .aggregate<{ _id: string; count: number }>([
        { $match: { _sourceId: sourceId, '_queue.leftAt': null } },
        { $group: { _id, count: { $sum: 1 } } },
      ]);
    return Object.fromEntries((await found.toArray()).map((hour) => [hour._id, hour.count]));
  });
}

/** Where two counts differ, one sentence for each hour. */
export function differences(api: CountsByDate, store: CountsByDate): string[] {
  return STREAMS.flatMap((stream) => {
    const hours = new Set([...Object.keys(api[stream]), ...Object.keys(store[stream])]);
    return [...hours].sort().flatMap((hour) => {
      const [told = 0, kept = 0] = [api[stream][hour], store[stream][hour]];
      return told === kept ? [] : [`${stream} at ${hour}: the API has ${told} records, the store ${kept}`];
    });
  });
}

/** Where the API's counts by date differ from the number of records that there are, by whoever knows that. */
export function untrueCounts(api: CountsByDate, truth: Readonly<Record<StreamName, number>>): string[] {
  return STREAMS.flatMap((stream) => {
    const [told, held] = [sumOf(api, stream), truth[stream]];
    return told === held ? [] : [`${stream}: the count by date has ${told} records, there are ${held}`];
  });
}

/** Of one stream, over all hours. */
export function sumOf(counts: CountsByDate, stream: StreamName): number {
  return Object.values(counts[stream]).reduce((a, b) => a + b, 0);
}

type Ask = (path: string, body?: unknown) => Promise<unknown>;

async function hoursOfList(ask: Ask, stream: StreamName, now: number): Promise<Hours> {
  const [path = '', fromKey = '', toKey = ''] = LISTS[stream] ?? [];
  const counts: Record<string, number> = {};
  const first = Math.floor(now / HOUR_MS) * HOUR_MS - HOURS * HOUR_MS;
  for (let from = first; from <= now; from += HOUR_MS) {
    // Both bounds belong to it, in whole seconds.
    const window = { [fromKey]: wireTime(from), [toKey]: wireTime(from + HOUR_MS - 1_000), admin: true };
    const body = { meta: { pagination: { pageSize: 1 } }, data: [window] };
    const { meta } = (await ask(path, body)) as { meta: { pagination: { totalCount: number } } };
    if (meta.pagination.totalCount > 0) counts[hourOf(from)] = meta.pagination.totalCount;
  }
  return counts;
}

interface Listing {
  readonly value: readonly { readonly url: string }[];
  readonly '@nextPage'?: string;
  readonly isCaughtUp: boolean;
}

async function hoursOfFiles(ask: Ask, stream: StreamName, now: number): Promise<Hours> {
  const day = new Date(now - HOURS * HOUR_MS).toISOString().slice(0, 10);
  const until = new Date(now).toISOString().slice(0, 10);
  const files = new Map<string, string>();
  let place = `dateRangeStartsAt=${day}&dateRangeEndsAt=${until}`;
  for (let ended = false; !ended; ) {
    const query = `type=${encodeURIComponent(stream)}&pageSize=100&${place}`;
    const listing = (await ask(`/siem/v1/batch/events/cg?${query}`)) as Listing;
    for (const { url } of listing.value) files.set(new URL(url).pathname, url);
    place = `nextPage=${encodeURIComponent(listing['@nextPage'] ?? '')}`;
    ended = listing.isCaughtUp;
  }
  return hoursOfLines(await Promise.all([...files.values()].map(linesOf)));
}

async function linesOf(url: string): Promise<string[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`a file: ${answer.status}`);
  return gunzipSync(Buffer.from(await answer.arrayBuffer()))
    .toString()
    .split('\n');
}

/** A line that two files hold is one record; within a file, equal lines are as many. */
function hoursOfLines(files: readonly (readonly string[])[]): Hours {
  const most = new Map<string, number>();
  for (const lines of files) {
    const here = new Map<string, number>();
    for (const line of lines) here.set(line, (here.get(line) ?? 0) + 1);
    for (const [line, count] of here) most.set(line, Math.max(most.get(line) ?? 0, count));
  }
  const hours: Record<string, number> = {};
  for (const [line, count] of most) {
    const hour = hourOfLine(line);
    if (hour !== undefined) hours[hour] = (hours[hour] ?? 0) + count;
  }
  return hours;
}

/** Nothing for what is not a record: an empty line, or one that was cut off. */
function hourOfLine(line: string): string | undefined {
  try {
    const { timestamp, eventTime } = JSON.parse(line) as Partial<Record<string, number | string>>;
    const time = timestamp ?? eventTime ?? '';
    return hourOf(/^\d+$/.test(String(time)) ? Number(time) : Date.parse(String(time)));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function byStream(of: (stream: StreamName) => Promise<Hours>): Promise<CountsByDate> {
  const counts = await Promise.all(STREAMS.map(async (stream) => [stream, await of(stream)] as const));
  return Object.fromEntries(counts) as CountsByDate;
}

function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13);
}

function wireTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+0000`;
}
