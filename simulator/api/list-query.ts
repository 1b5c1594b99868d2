/** What the three listing functions under `/api` are asked for, read from their JSON body. */
import { createHash } from 'node:crypto';
import { isoTime } from '../protocol/dates.js';
import type { Failure } from '../protocol/errors.js';
import type { ApiStream } from '../world/api-records.js';

const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 25;
const DAY_MS = 86_400_000;
const AUDIT_REACH_MS = 60 * DAY_MS;

const DATE_FIELDS: Readonly<Record<ApiStream, readonly [start: string, end: string]>> = {
  audit: ['startDateTime', 'endDateTime'],
  dlp: ['from', 'to'],
  hold: ['start', 'end'],
};

type Json = Readonly<Record<string, unknown>>;

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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectIn(value: unknown, key: string): Json {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value.map((item) => String(item).toLowerCase()) : undefined;
}

function holds(record: Json, keys: readonly string[], text: string): boolean {
  return keys.some((key) =>
    JSON.stringify(record[key] ?? '')
      .toLowerCase()
      .includes(text.toLowerCase()),
  );
}

type Condition = (record: Json) => boolean;

function auditConditions(request: Json): Condition[] {
  const conditions: Condition[] = [];
  const categories = texts(request.categories);
  if (categories) conditions.push((record) => categories.includes(String(record.category).toLowerCase()));
  const { query } = request;
  if (typeof query === 'string' && query) {
    conditions.push((record) => holds(record, ['auditType', 'user', 'eventInfo', 'category'], query));
  }
  return conditions;
}

function dlpConditions(request: Json): Condition[] {
  const conditions: Condition[] = [];
  const routes = texts(request.routes);
  if (routes) conditions.push((record) => routes.includes(String(record.route).toLowerCase()));
  const actions = texts(request.actions);
  if (actions) conditions.push((record) => actions.includes(String(record.action).toLowerCase()));
  const { query, searchField } = request;
  if (typeof query === 'string' && query) {
    const all = ['senderAddress', 'recipientAddress', 'subject', 'policy'];
    const keys = all.includes(String(searchField)) ? [String(searchField)] : all;
    conditions.push((record) => holds(record, keys, query));
  }
  return conditions;
}

function holdConditions(request: Json): Condition[] {
  const conditions: Condition[] = [];
  const { fieldName, value } = objectIn(request, 'searchBy');
  if (typeof value === 'string' && value) {
    const fields: Readonly<Record<string, string>> = {
      sender: 'from',
      recipient: 'to',
      reason_code: 'reasonCode',
      subject: 'subject',
    };
    const field = fields[String(fieldName)];
    conditions.push((record) => holds(record, field ? [field] : ['subject', 'from', 'to', 'reasonCode'], value));
  }
  const filters = Array.isArray(request.filterBy) ? request.filterBy : [];
  for (const item of filters) {
    if (!isObject(item)) continue;
    const wanted = String(item.value).toLowerCase();
    if (item.fieldName === 'route') conditions.push((record) => String(record.route).toLowerCase() === wanted);
    if (item.fieldName === 'heldGroup') conditions.push((record) => String(record.policyInfo).toLowerCase() === wanted);
    if (item.fieldName === 'attachments') conditions.push((record) => String(record.hasAttachments) === wanted);
  }
  return conditions;
}

const CONDITIONS = { audit: auditConditions, dlp: dlpConditions, hold: holdConditions } as const;

function wholeSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000) * 1000;
}

/**
 * A window's bound. The queue of held messages can be asked for without dates, the logs can't.
 */
function bound(request: Json, field: string, stream: ApiStream, missing: number, failures: Failure[]): number {
  const text = request[field];
  if (text === undefined && stream === 'hold') return missing;
  const time = isoTime(text);
  if (time !== undefined) return wholeSeconds(time);
  const code = text === undefined ? 'err_validation_null' : 'err_validation_invalid_date';
  const message = text === undefined ? `${field} is required` : `${field} must look like 2025-09-01T12:00:00+0000`;
  failures.push({ code, message, field });
  return missing;
}

/** @param failures gets one for each thing that is wrong. */
export function readListQuery(body: Buffer, stream: ApiStream, now: number, failures: Failure[]): ListQuery {
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
  const [startField, endField] = DATE_FIELDS[stream];
  const from = bound(request, startField, stream, 0, failures);
  const to = bound(request, endField, stream, now, failures);
  if (failures.length === 0 && to < from) {
    failures.push({
      code: 'err_validation_date_range',
      message: `${endField} is before ${startField}`,
      field: endField,
    });
  }
  if (failures.length === 0 && stream === 'audit' && from < wholeSeconds(now - AUDIT_REACH_MS)) {
    const message = `${startField} must be within the last 60 days`;
    failures.push({ code: 'err_validation_date_range', message, field: startField });
  }
  const conditions = CONDITIONS[stream](request);
  const token = pagination.pageToken;
  const filter = (record: Json): boolean => conditions.every((condition) => condition(record));
  return {
    from,
    to,
    pageSize: validSize ? pageSize : DEFAULT_PAGE_SIZE,
    token: typeof token === 'string' && token !== '' ? token : undefined,
    oldestFirst: stream === 'dlp' && request.oldestFirst === true,
    admin: request.admin === true,
    digest: createHash('sha1')
      .update(JSON.stringify([stream, request]))
      .digest('base64url')
      .slice(0, 16),
    filter: conditions.length > 0 ? filter : undefined,
  };
}
