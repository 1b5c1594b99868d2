/**
 * The records of the functions under `/api`: one way of listing for all kinds. Newest first, so a reader that
 * takes the last page's newest time for its cursor goes backwards. A page token carries the moment of the first page:
 * records that appear later don't shift the pages of a chain.
 */
import type { RecordStream } from '../../src/domain/streams/streams.js';
import type { Ledger } from '../control/ledger.js';
import type { Json } from '../kinds/conditions.js';
import type { Companion, RecordKind } from '../kinds/kind.js';
import { hash32 } from '../mail/random.js';
import { type Answer, json } from '../protocol/answer.js';
import type { Call } from '../protocol/call.js';
import { type Failure, functionFailure } from '../protocol/errors.js';
import type { Seal } from '../protocol/seal.js';
import type { ApiEntry } from '../world/origin.js';
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

function matching(
  tenant: TenantWorld,
  { stream, isForAdmins }: RecordKind,
  query: ListQuery,
  asOf: number,
): ApiEntry[] {
  if (isForAdmins && !query.admin) return [];
  const entries = tenant.records(stream, query.from, query.to, asOf);
  const { filter } = query;
  const wanted = filter
    ? entries.filter((entry) => filter(JSON.parse(entry.text()) as Record<string, unknown>))
    : entries;
  return query.oldestFirst ? wanted.reverse() : wanted;
}

function pageOf(tenant: TenantWorld, kind: RecordKind, query: ListQuery, now: number, seal: Seal): Page | Failure {
  const { stream } = kind;
  let [asOf, offset] = [now, 0];
  if (query.token !== undefined) {
    const [name, account, digest, time, at] = seal.decode(query.token) ?? [];
    if (name !== stream || account !== tenant.accountId || digest !== query.digest) {
      return {
        code: 'err_validation_page_token',
        message: 'pageToken is not valid for this request',
        field: 'meta.pagination.pageToken',
      };
    }
    [asOf, offset] = [Number(time), Number(at)];
  }
  const tokenAt = (at: number): string => seal.encode([stream, tenant.accountId, query.digest, asOf, at]);
  const all = matching(tenant, kind, query, asOf);
  const end = Math.min(offset + query.pageSize, all.length);
  const emptyLast = all.length > 0 && hash32(query.digest) % EMPTY_LAST_PAGE_EVERY === 0;
  return {
    entries: all.slice(offset, end),
    total: all.length,
    next: end < all.length || emptyLast ? tokenAt(end) : undefined,
    previous: offset > 0 ? tokenAt(Math.max(0, offset - query.pageSize)) : undefined,
  };
}

export function listRecords(call: Call, kind: RecordKind, tenant: TenantWorld, ledger: Ledger, seal: Seal): Answer {
  const { stream, listKey } = kind;
  const failures: Failure[] = [];
  const query = readListQuery(call.body, kind, call.now, failures);
  const page = failures.length > 0 ? undefined : pageOf(tenant, kind, query, call.now, seal);
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
  // An empty list inside of `data` comes in two shapes.
  const nested = listKey !== undefined && (rows !== '' || hash32(query.digest) % 2 === 0);
  const body = `{"meta":${meta},"data":[${nested ? `{"${listKey}":[${rows}]}` : rows}],"fail":[]}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    onServed: () => ledger.records(tenant, stream, served),
  };
}

/** An endpoint beside the one that lists the records of a stream. */
export function answerCompanion({ now }: Call, stream: RecordStream, { data }: Companion, tenant: TenantWorld): Answer {
  const records = () => tenant.records(stream, 0, now, now).map((entry) => JSON.parse(entry.text()) as Json);
  return json(200, { meta: { status: 200 }, data: data(records), fail: [] });
}
