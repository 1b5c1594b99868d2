/**
 * Audit events, DLP logs and held messages: one way of listing for three functions. Newest first, so a reader that
 * takes the last page's newest time for its cursor goes backwards. A page token carries the moment of the first page:
 * records that appear later don't shift the pages of a chain.
 */
import type { Ledger } from '../control/ledger.js';
import { type Answer, json } from '../protocol/answer.js';
import type { Call } from '../protocol/call.js';
import { type Failure, functionFailure } from '../protocol/errors.js';
import type { Seal } from '../protocol/seal.js';
import type { ApiStream } from '../world/api-records.js';
import { AUDIT_CATEGORIES } from '../world/corpus.js';
import type { ApiEntry } from '../world/origin.js';
import { hash32 } from '../world/random.js';
import type { TenantWorld } from '../world/tenant-world.js';
import { type ListQuery, readListQuery } from './list-query.js';

/** Some windows end with a page that has no records but a `next`. */
const EMPTY_LAST_PAGE_EVERY = 4;

interface Page {
  readonly entries: readonly ApiEntry[];
  readonly total: number;
  readonly next: string | undefined;
  readonly previous: string | undefined;
}

function matching(tenant: TenantWorld, stream: ApiStream, query: ListQuery, asOf: number): ApiEntry[] {
  if (stream === 'hold' && !query.admin) return [];
  const entries = tenant.records(stream, query.from, query.to, asOf);
  const { filter } = query;
  const wanted = filter
    ? entries.filter((entry) => filter(JSON.parse(entry.text()) as Record<string, unknown>))
    : entries;
  return query.oldestFirst ? wanted.reverse() : wanted;
}

function pageOf(tenant: TenantWorld, stream: ApiStream, query: ListQuery, now: number, seal: Seal): Page | Failure {
  let [asOf, offset] = [now, 0];
  if (query.token !== undefined) {
    const [kind, account, digest, time, at] = seal.decode(query.token) ?? [];
    if (kind !== stream || account !== tenant.accountId || digest !== query.digest) {
      return {
        code: 'err_validation_page_token',
        message: 'pageToken is not valid for this request',
        field: 'meta.pagination.pageToken',
      };
    }
    [asOf, offset] = [Number(time), Number(at)];
  }
  const tokenAt = (at: number): string => seal.encode([stream, tenant.accountId, query.digest, asOf, at]);
  const all = matching(tenant, stream, query, asOf);
  const end = Math.min(offset + query.pageSize, all.length);
  const emptyLast = all.length > 0 && hash32(query.digest) % EMPTY_LAST_PAGE_EVERY === 0;
  return {
    entries: all.slice(offset, end),
    total: all.length,
    next: end < all.length || emptyLast ? tokenAt(end) : undefined,
    previous: offset > 0 ? tokenAt(Math.max(0, offset - query.pageSize)) : undefined,
  };
}

export function listRecords(call: Call, stream: ApiStream, tenant: TenantWorld, ledger: Ledger, seal: Seal): Answer {
  const failures: Failure[] = [];
  const query = readListQuery(call.body, stream, call.now, failures);
  const page = failures.length > 0 ? undefined : pageOf(tenant, stream, query, call.now, seal);
  if (!page) return functionFailure(failures);
  if ('code' in page) return functionFailure([page]);

  const { total, previous } = page;
  const { shortListing, nextAsObject } = call.action ?? {};
  const entries = shortListing ? page.entries.slice(0, Math.floor(page.entries.length / 2)) : page.entries;
  const next = shortListing ? undefined : page.next;
  const pagination = {
    pageSize: query.pageSize,
    totalCount: total,
    ...(next && { next: nextAsObject ? { pageToken: next } : next }),
    ...(previous && { previous }),
  };
  const meta = JSON.stringify({ status: 200, pagination });
  const served = entries.map((entry) => ({ key: entry.key, text: entry.text() }));
  const rows = served.map(({ text }) => text).join(',');
  // An empty DLP answer comes in two shapes.
  const nested = stream === 'dlp' && (rows !== '' || hash32(query.digest) % 2 === 0);
  const body = `{"meta":${meta},"data":[${nested ? `{"dlpLogs":[${rows}]}` : rows}],"fail":[]}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    onServed: () => ledger.records(tenant, stream, served),
  };
}

/** `POST /api/audit/get-categories` */
export function listCategories(): Answer {
  const data = AUDIT_CATEGORIES.map(([id, name]) => ({ id, name }));
  return json(200, { meta: { status: 200 }, data, fail: [] });
}

/** `POST /api/gateway/get-hold-summary-list`: how many messages each policy holds now. */
export function summarizeHeld(call: Call, tenant: TenantWorld): Answer {
  const counts = new Map<string, number>();
  for (const entry of tenant.records('hold', 0, call.now, call.now)) {
    const { policyInfo } = JSON.parse(entry.text()) as { policyInfo?: unknown };
    counts.set(String(policyInfo), (counts.get(String(policyInfo)) ?? 0) + 1);
  }
  const data = [...counts].map(([policyInfo, numberOfItems]) => ({ policyInfo, numberOfItems }));
  return json(200, { meta: { status: 200 }, data, fail: [] });
}
