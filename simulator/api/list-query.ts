/** What the listing functions under `/api` are asked for, read from their JSON body. */
import { createHash } from 'node:crypto';
import { isObject, type Json, objectIn } from '../kinds/conditions.js';
import type { RecordKind } from '../kinds/kind.js';
import { isoTime } from '../protocol/dates.js';
import type { Failure } from '../protocol/errors.js';

const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 25;
const DAY_MS = 86_400_000;

export interface ListQuery {
  /** Epoch ms in whole seconds; both bounds belong to the window. */
  readonly from: number;
  readonly to: number;
  readonly pageSize: number;
  readonly token: string | undefined;
  readonly oldestFirst: boolean;
  /** Held messages of all mailboxes, not only of the caller's own (which has none). */
  readonly admin: boolean;
  /** Fingerprint of all that decides which records are listed; a page token belongs to it. */
  readonly digest: string;
  readonly filter: ((record: Json) => boolean) | undefined;
}

function wholeSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}

/** A window's bound. */
function bound(
  request: Json,
  field: string,
  { areDatesOptional }: RecordKind,
  missing: number,
  failures: Failure[],
): number {
  const text = request[field];
  if (text === undefined && areDatesOptional) return missing;
  const time = isoTime(text);
  if (time !== undefined) return wholeSeconds(time);
  const code = text === undefined ? 'err_validation_null' : 'err_validation_invalid_date';
  const message = text === undefined ? `${field} is required` : `${field} must look like 2025-09-01T12:00:00+0000`;
  failures.push({ code, message, field });
  return missing;
}

/** @param failures gets one for each thing that is wrong. */
export function readListQuery(body: Buffer, kind: RecordKind, now: number, failures: Failure[]): ListQuery {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    failures.push({ code: 'err_validation_invalid_json', message: 'The body is not JSON' });
  }
  const pagination = objectIn(objectIn(parsed, 'meta'), 'pagination');
  const list = isObject(parsed) && Array.isArray(parsed.data) ? parsed.data : [];
  const request: Json = isObject(list[0]) ? list[0] : {};

  const pageSize = pagination.pageSize ?? DEFAULT_PAGE_SIZE;
  const validSize =
    typeof pageSize === 'number' && Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= MAX_PAGE_SIZE;
  if (!validSize) {
    const message = `pageSize must be a whole number from 1 to ${MAX_PAGE_SIZE}`;
    failures.push({ code: 'err_validation_page_size', message, field: 'meta.pagination.pageSize' });
  }
  const {
    stream,
    dateFields: [startField, endField],
    reachDays,
    hasOldestFirst,
  } = kind;
  const from = bound(request, startField, kind, 0, failures);
  const to = bound(request, endField, kind, now, failures);
  if (failures.length === 0 && to < from) {
    failures.push({
      code: 'err_validation_date_range',
      message: `${endField} is before ${startField}`,
      field: endField,
    });
  }
  if (failures.length === 0 && reachDays !== undefined && from < wholeSeconds(now - reachDays * DAY_MS)) {
    const message = `${startField} must be within the last ${reachDays} days`;
    failures.push({ code: 'err_validation_date_range', message, field: startField });
  }
  const conditions = kind.conditions(request);
  const token = pagination.pageToken;
  const filter = (record: Json): boolean => conditions.every((condition) => condition(record));
  return {
    from,
    to,
    pageSize: validSize ? pageSize : DEFAULT_PAGE_SIZE,
    token: typeof token === 'string' && token !== '' ? token : undefined,
    oldestFirst: hasOldestFirst === true && request.oldestFirst === true,
    admin: request.admin === true,
    digest: createHash('sha1')
      .update(JSON.stringify([stream, request]))
      .digest('base64url')
      .slice(0, 16),
    filter: conditions.length > 0 ? filter : undefined,
  };
}
