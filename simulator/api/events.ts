/**
 * `GET /siem/v1/events/cg`: the events themselves, at most 100 a page, of the last 24 hours. A page may begin with the
 * last event of the page before.
 */
import { SIEM_STREAMS, type SiemStream } from '../../src/domain/streams/streams.js';
import type { Ledger } from '../control/ledger.js';
import { hash32 } from '../mail/random.js';
import type { Answer } from '../protocol/answer.js';
import type { Call } from '../protocol/call.js';
import { isoTime } from '../protocol/dates.js';
import { ERRORS, invalidRequest } from '../protocol/errors.js';
import type { Seal } from '../protocol/seal.js';
import { readSiemQuery, type SiemQuery, typeBits, typesOf } from '../protocol/siem-query.js';
import { fileStem, type LogFile, type Position } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';

const REACH_MS = 24 * 3_600_000;
const REPEAT_EVERY = 3;

/** An event's place: its file's, and its line there. */
interface EventPosition extends Position {
  readonly line: number;
}

interface Place {
  readonly types: readonly SiemStream[];
  readonly from: EventPosition;
  /** Last event of the page before. */
  readonly previous: EventPosition | undefined;
  readonly until: number;
}

interface Event {
  readonly position: EventPosition;
  readonly file: LogFile;
  readonly text: string;
}

const NO_EVENT = -1;

function tokenOf(
  seal: Seal,
  tenant: TenantWorld,
  types: readonly SiemStream[],
  from: EventPosition,
  previous: EventPosition | undefined,
): string {
  const flat = (at: EventPosition): number[] => [at.segment, at.bucket, at.type, at.line];
  const places = [...flat(from), ...(previous ? flat(previous) : [NO_EVENT])];
  return seal.encode(['stream', tenant.accountId, typeBits(types), ...places]);
}

function placeOfToken(token: string, query: SiemQuery, tenant: TenantWorld, seal: Seal): Place | undefined {
  const [kind, account, bits, ...places] = seal.decode(token) ?? [];
  if (kind !== 'stream' || account !== tenant.accountId) return undefined;
  if (query.types.length > 0 && typeBits(query.types) !== bits) return undefined;
  const at = (start: number): EventPosition => {
    const [segment = 0, bucket = 0, type = 0, line = 0] = places.slice(start).map(Number);
    return { segment, bucket, type, line };
  };
  const previous = places[4] === NO_EVENT ? undefined : at(4);
  return { types: typesOf(Number(bits)), from: at(0), previous, until: Number.POSITIVE_INFINITY };
}

function placeOfDates(query: SiemQuery, tenant: TenantWorld, now: number): Place | Answer {
  const start = query.startsAt === undefined ? now - REACH_MS : isoTime(query.startsAt);
  const end = query.endsAt === undefined ? Number.POSITIVE_INFINITY : isoTime(query.endsAt);
  if (start === undefined || end === undefined)
    return invalidRequest('dates must be given as YYYY-MM-DDTHH:MM:SS.mmmZ');
  if (start < now - REACH_MS) return invalidRequest('`dateRangeStartsAt` must be within the last 24 hours');
  if (end < start) return invalidRequest('`dateRangeEndsAt` is before `dateRangeStartsAt`');
  const types = query.types.length > 0 ? query.types : SIEM_STREAMS;
  return { types, from: { ...tenant.positionAt(start), line: 0 }, previous: undefined, until: end };
}

async function eventsFrom(tenant: TenantWorld, place: Place, count: number, now: number): Promise<Event[]> {
  const events: Event[] = [];
  const { from } = place;
  for (const file of tenant.files(from, new Set(place.types), now)) {
    if (file.publishedAt > place.until || events.length >= count) break;
    const { segment, bucket, type } = file.position;
    const resumed = segment === from.segment && bucket === from.bucket && type === from.type;
    const lines = await tenant.lines(file, 'stream');
    for (const [line, text] of lines.entries()) {
      if (resumed && line < from.line) continue;
      if (events.length >= count) break;
      events.push({ position: { ...file.position, line }, file, text: text.toString() });
    }
  }
  return events;
}

export async function listEvents(call: Call, tenant: TenantWorld, ledger: Ledger, seal: Seal): Promise<Answer> {
  const mistakes: string[] = [];
  const query = readSiemQuery(call.query, mistakes);
  if (mistakes.length > 0) return invalidRequest(mistakes.join('; '));
  const place =
    query.token === undefined ? placeOfDates(query, tenant, call.now) : placeOfToken(query.token, query, tenant, seal);
  if (!place) return ERRORS.invalid_token();
  if ('status' in place) return place;

  const { types, from, previous } = place;
  const fresh = await eventsFrom(tenant, place, query.pageSize + 1, call.now);
  const repeats =
    previous &&
    query.pageSize > 1 &&
    hash32(tenant.accountId, from.segment, from.bucket, from.type, from.line) % REPEAT_EVERY === 0;
  const repeated = repeats
    ? await eventsFrom(
        tenant,
        { types, from: previous, previous: undefined, until: Number.POSITIVE_INFINITY },
        1,
        call.now,
      )
    : [];
  const page = fresh.slice(0, query.pageSize - repeated.length);
  const last = page.at(-1);
  const events = last ? [...repeated, ...page] : [];
  const next = last ? { ...last.position, line: last.position.line + 1 } : from;
  const nextPage = JSON.stringify(tokenOf(seal, tenant, types, next, last?.position ?? previous));
  const caughtUp = page.length === fresh.length;
  // Joined as text: given lines are passed on as they are.
  const body = `{"value":[${events.map(({ text }) => text).join(',')}],"@nextPage":${nextPage},"pageSize":${query.pageSize},"isCaughtUp":${caughtUp}}`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    onServed: () => {
      for (const { file, position, text } of events) {
        ledger.records(tenant, file.stream, [{ key: `${fileStem(file)}#${position.line}`, text }]);
      }
    },
  };
}
