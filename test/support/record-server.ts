/** A small Mimecast whose listings of records a test holds in its hands: rows, order, totals, tokens, clock. */

import { KINDS, kindOf } from '../../simulator/kinds/list.js';
import type { RecordStream } from '../../src/domain/streams/streams.js';
import { type LocalServer, sendJson, serve } from './local-server.js';

export interface ServedRow {
  /** Epoch ms. */
  readonly time: number;
  /** What the record holds, besides its time. */
  readonly [key: string]: unknown;
}

/** One request for a page. */
export interface ListRequest {
  readonly stream: RecordStream;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly pageToken: string | undefined;
}

/** What a test can change while the server runs. */
export interface RecordServer {
  readonly url: string;
  rows: ServedRow[];
  /** Rows per page, whatever is asked for. Default 500. */
  pageSize: number;
  /** Default oldest first, as it is asked for. */
  order: 'oldestFirst' | 'newestFirst' | 'mixed';
  /** What `totalCount` is; default the number of rows in the window. */
  total: 'all' | 'none' | 'page';
  /** The time of its own clock, epoch ms; `undefined`: its answers have no `Date` header. Default `Date.now`. */
  clock: (() => number) | undefined;
  /** Called before each page; what it returns is answered instead of the page. */
  before: (request: ListRequest) => { readonly status: number; readonly body: unknown } | undefined;
  /** Every request for a page so far. */
  readonly requests: ListRequest[];
  readonly server: LocalServer;
}

/** The function's refusal: HTTP 200, and only `fail` tells. */
export function refusal(code: string, message: string, status = 200): { status: number; body: unknown } {
  return { status, body: { meta: { status }, data: [], fail: [{ key: {}, errors: [{ code, message }] }] } };
}

export async function recordServer(rows: ServedRow[] = []): Promise<RecordServer> {
  const requests: ListRequest[] = [];
  const server = await serve(({ path, body }, response) => {
    if (it.clock === undefined) response.sendDate = false;
    else response.setHeader('date', new Date(it.clock()).toUTCString());
    if (path === '/oauth/token') return sendJson(response, 200, { access_token: 'token', expires_in: 1_800 });
    const request = requestOf(path, body);
    requests.push(request);
    const instead = it.before(request);
    if (instead !== undefined) return sendJson(response, instead.status, instead.body);
    sendJson(response, 200, pageOf(it, request));
  });
  const it: RecordServer = {
    url: server.url,
    rows,
    pageSize: 500,
    order: 'oldestFirst',
    total: 'all',
    clock: () => Date.now(),
    before: () => undefined,
    requests,
    server,
  };
  return it;
}

function requestOf(path: string, body: string): ListRequest {
  const { meta, data } = JSON.parse(body) as {
    meta: { pagination: { pageToken?: string } };
    data: [Record<string, string>];
  };
  const [{ from, startDateTime, start = from ?? startDateTime, to, endDateTime, end = to ?? endDateTime }] = data;
  return {
    stream: KINDS.find((kind) => kind.path === path)?.stream ?? 'audit',
    from: Date.parse(start ?? ''),
    to: Date.parse(end ?? ''),
    pageToken: meta.pagination.pageToken,
  };
}

function pageOf({ rows, order, pageSize, total }: RecordServer, { stream, from, to, pageToken }: ListRequest): unknown {
  const found = rows.filter(({ time }) => secondOf(time) >= from && secondOf(time) <= to);
  const sorted = order === 'mixed' ? found : found.toSorted((a, b) => a.time - b.time);
  const all = order === 'newestFirst' ? sorted.toReversed() : sorted;
  const offset = Number(pageToken?.replace('offset ', '') ?? 0);
  const page = all.slice(offset, offset + pageSize).map((row) => recordOf(stream, row));
  const next = offset + pageSize < all.length ? { next: `offset ${offset + pageSize}` } : {};
  const totalCount = total === 'none' ? {} : { totalCount: total === 'page' ? page.length : all.length };
  const { listKey } = kindOf(stream);
  const data = listKey === undefined ? page : [{ [listKey]: page }];
  return { meta: { status: 200, pagination: { pageSize, ...next, ...totalCount } }, data, fail: [] };
}

function recordOf(stream: RecordStream, { time, ...rest }: ServedRow): Record<string, unknown> {
  const text = `${new Date(secondOf(time)).toISOString().slice(0, 19)}+0000`;
  return { ...rest, [kindOf(stream).timeField]: text };
}

function secondOf(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}
