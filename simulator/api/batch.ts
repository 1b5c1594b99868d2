/**
 * `GET /siem/v1/batch/events/cg`: lists log files, page by page. A page token is a durable place in the order of the
 * tenant's files: it stays good for days, and goes on with whatever appeared since. The listing has the irregularities
 * that collectors have reported, chosen by place so that they come back the same way each time.
 */
import { randomUUID } from 'node:crypto';
import type { SiemStream } from '../../src/domain/streams/streams.js';
import { hash32 } from '../mail/random.js';
import { type Answer, json } from '../protocol/answer.js';
import type { Call } from '../protocol/call.js';
import { ERRORS, invalidRequest } from '../protocol/errors.js';
import type { Seal } from '../protocol/seal.js';
import { readSiemQuery, type SiemQuery, typeBits, typesOf } from '../protocol/siem-query.js';
import { after, type LogFile, type Position } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';
import type { FileDesk } from './file-desk.js';

const DAY_MS = 86_400_000;
const EMPTY_PAGE_EVERY = 7;
const PADDED_PAGE_EVERY = 5;
const EARLY_CAUGHT_UP_EVERY = 3;
/** Of four caught-up answers one leaves the token out and one gives an empty text; the others repeat the token. */
const CAUGHT_UP_WAYS = 4;

interface Place {
  readonly types: readonly SiemStream[];
  readonly position: Position;
  /** An empty page was just served here; the next one is not. */
  readonly afterEmpty: boolean;
  /** Last moment (epoch ms, exclusive) of the first page's date range; later pages have none. */
  readonly until: number;
}

function dayOf(text: string | undefined): number | undefined {
  const time = text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function tokenOf(
  seal: Seal,
  tenant: TenantWorld,
  types: readonly SiemStream[],
  { segment, bucket, type }: Position,
  afterEmpty: boolean,
  nonce?: string,
): string {
  const place = ['batch', tenant.accountId, typeBits(types), segment, bucket, type, afterEmpty ? 1 : 0];
  return seal.encode(nonce === undefined ? place : [...place, nonce]);
}

function placeOfToken(token: string, query: SiemQuery, tenant: TenantWorld, seal: Seal): Place | undefined {
  const [kind, account, bits, segment, bucket, type, afterEmpty] = seal.decode(token) ?? [];
  if (kind !== 'batch' || account !== tenant.accountId) return undefined;
  if (query.types.length > 0 && typeBits(query.types) !== bits) return undefined;
  const position = { segment: Number(segment), bucket: Number(bucket), type: Number(type) };
  return { types: typesOf(Number(bits)), position, afterEmpty: afterEmpty === 1, until: Number.POSITIVE_INFINITY };
}

/** Where the first page begins: at the date asked for, else at the oldest file that is kept. */
function placeOfDates(query: SiemQuery, tenant: TenantWorld, now: number): Place | Answer {
  const retained = tenant.retainedFrom(now);
  const start = query.startsAt === undefined ? retained : dayOf(query.startsAt);
  const end = query.endsAt === undefined ? now : dayOf(query.endsAt);
  if (query.types.length === 0) return invalidRequest('`type` is required');
  if (start === undefined || end === undefined) return invalidRequest('dates must be given as YYYY-MM-DD');
  if (start < retained) return ERRORS.retention();
  if (end < start && query.endsAt !== undefined)
    return invalidRequest('`dateRangeEndsAt` is before `dateRangeStartsAt`');
  return { types: query.types, position: tenant.positionAt(start), afterEmpty: false, until: end + DAY_MS };
}

/** As the real API has handed it out: no position in any of the types (demisto/content, pull request 45802). */
function tokenToNowhere(types: readonly SiemStream[]): string {
  const places = types.map((type) => `${type.replaceAll(' ', '_')}=0-0`).join(', ');
  return Buffer.from(`[${places}]:0:null`).toString('base64');
}

function leadsNowhere(token: string): boolean {
  return /^\[.*\]:0:null$/.test(Buffer.from(token, 'base64').toString());
}

export async function listFiles(call: Call, tenant: TenantWorld, desk: FileDesk, seal: Seal): Promise<Answer> {
  const mistakes: string[] = [];
  const query = readSiemQuery(call.query, mistakes);
  if (mistakes.length > 0) return invalidRequest(mistakes.join('; '));
  if (query.token !== undefined && leadsNowhere(query.token))
    return json(200, { value: [], '@nextPage': query.token, isCaughtUp: true });
  const place =
    query.token === undefined ? placeOfDates(query, tenant, call.now) : placeOfToken(query.token, query, tenant, seal);
  if (!place) return ERRORS.invalid_token();
  if ('status' in place) return place;

  const { types, position } = place;
  if (call.action?.poisonToken) return json(200, { value: [], '@nextPage': tokenToNowhere(types), isCaughtUp: true });
  if (call.action?.emptyPage) {
    const nextPage = tokenOf(seal, tenant, types, position, place.afterEmpty, randomUUID());
    return json(200, { value: [], '@nextPage': nextPage, isCaughtUp: false });
  }
  const ahead: LogFile[] = [];
  for (const file of tenant.files(position, new Set(types), call.now)) {
    if (ahead.length > query.pageSize || file.publishedAt >= place.until) break;
    ahead.push(file);
  }
  const [first] = ahead;
  if (first && first.publishedAt < tenant.retainedFrom(call.now)) return ERRORS.retention();

  const hash = hash32(tenant.accountId, typeBits(types), position.segment, position.bucket, position.type);
  if (!first) return caughtUp(query.token, tokenOf(seal, tenant, types, position, place.afterEmpty), hash);
  if (hash % EMPTY_PAGE_EVERY === 0 && !place.afterEmpty) {
    const nextPage = tokenOf(seal, tenant, types, position, true);
    return json(200, { value: [], '@nextPage': nextPage, isCaughtUp: false });
  }
  const padded = (hash >>> 4) % PADDED_PAGE_EVERY === 0 && query.pageSize > 1;
  const page = ahead.slice(0, padded ? query.pageSize - 1 : query.pageSize);
  const last = page.at(-1) ?? first;
  const listed = padded ? [...page, last] : page;
  const value: unknown[] = [];
  for (const file of listed) value.push(await desk.listing(call, tenant, file));
  const nothingMore = page.length === ahead.length;
  return json(200, {
    value,
    '@nextPage': tokenOf(seal, tenant, types, after(last.position), false),
    isCaughtUp: nothingMore && (hash >>> 8) % EARLY_CAUGHT_UP_EVERY === 0,
  });
}

function caughtUp(asked: string | undefined, here: string, hash: number): Answer {
  const end = { value: [], isCaughtUp: true };
  const way = asked === undefined ? 0 : (hash >>> 12) % CAUGHT_UP_WAYS;
  if (way === 2) return json(200, end);
  return json(200, { ...end, '@nextPage': way === 3 ? '' : (asked ?? here) });
}
