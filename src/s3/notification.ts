/** What a message of a queue says of the objects of a bucket: S3's own form, in the envelope of a topic, or EventBridge's. */

import { isObject, type JsonObject, parseJson } from '../domain/json.js';

/** An object that is there to be read, as a notification names it. */
export interface AnnouncedObject {
  readonly key: string;
  /** Of a bucket that keeps versions. */
  readonly versionId?: string;
  /** Without the quotes that listings have. */
  readonly etag?: string;
}

/**
 * `objects`: what of them is to be read, which may be nothing, as of a test or a removal. `strange`: it is not a notification of
 * this bucket, and so nothing that may be deleted.
 */
export type Notification =
  | { readonly kind: 'objects'; readonly objects: readonly AnnouncedObject[] }
  | { readonly kind: 'strange'; readonly reason: string };

const NOTHING: Notification = { kind: 'objects', objects: [] };
/** A topic may forward what another one has put into an envelope; nobody builds longer chains. */
const MAX_ENVELOPES = 3;

export function parseNotification(body: string, bucket: string): Notification {
  let message = parseJson(body);
  for (let depth = 0; depth < MAX_ENVELOPES && isEnvelope(message); depth += 1) message = parseJson(message.Message);
  if (!isObject(message)) return strange('it is not a JSON object');
  if (message.Event === 's3:TestEvent') return NOTHING;
  if (Array.isArray(message.Records)) return ofRecords(message.Records, bucket);
  if (message.source === 'aws.s3' && isObject(message.detail)) return ofEventBridge(message, message.detail, bucket);
  return strange('it is not a notification of S3');
}

function strange(reason: string): Notification {
  return { kind: 'strange', reason };
}

function isEnvelope(value: unknown): value is JsonObject & { readonly Message: string } {
  return isObject(value) && value.Type === 'Notification' && typeof value.Message === 'string';
}

/** Stores that are not AWS's put `s3:` in front of the name. */
const CREATED = /^(s3:)?(ObjectCreated:|ObjectRestore:Completed$)/;

function ofRecords(records: readonly unknown[], bucket: string): Notification {
  const objects: AnnouncedObject[] = [];
  const others = new Set<string>();
  for (const record of records) {
    const s3 = isObject(record) ? record.s3 : undefined;
    const name = nameIn(s3);
    const object = isObject(s3) ? s3.object : undefined;
    if (!isObject(record) || name === undefined || !isObject(object)) return strange('a record in it is not S3’s');
    if (name !== bucket) {
      others.add(name);
      continue;
    }
    if (typeof record.eventName !== 'string' || !CREATED.test(record.eventName)) continue;
    const key = typeof object.key === 'string' ? decodedKey(object.key) : undefined;
    if (key === undefined) return strange('the key of its object cannot be decoded');
    objects.push(announced(key, object.versionId, object.eTag));
  }
  return verdict(objects, others, records.length);
}

const CREATED_DETAILS: ReadonlySet<unknown> = new Set(['Object Created', 'Object Restore Completed']);

function ofEventBridge(message: JsonObject, detail: JsonObject, bucket: string): Notification {
  const name = nameIn(detail);
  const { object } = detail;
  if (name === undefined || !isObject(object)) return strange('it is not a notification of S3');
  if (name !== bucket) return verdict([], new Set([name]), 1);
  if (!CREATED_DETAILS.has(message['detail-type'])) return NOTHING;
  const { key } = object;
  if (typeof key !== 'string' || key === '') return strange('its object has no key');
  return { kind: 'objects', objects: [announced(key, object['version-id'], object.etag ?? object.eTag)] };
}

/** What is of another bucket alone is somebody else's. */
function verdict(objects: readonly AnnouncedObject[], others: ReadonlySet<string>, count: number): Notification {
  if (others.size > 0 && objects.length === 0 && count > 0) {
    return strange(`it is about the bucket ${[...others].join(', ')}`);
  }
  return { kind: 'objects', objects };
}

/** "null" is what S3 calls the version of what was written before versions were kept. */
function announced(key: string, versionId: unknown, etag: unknown): AnnouncedObject {
  return {
    key,
    ...(isText(versionId) && versionId !== 'null' ? { versionId } : {}),
    ...(isText(etag) ? { etag: unquoted(etag) } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Some stores have quotes around it in notifications, too. */
export function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

function nameIn(value: unknown): string | undefined {
  const bucket = isObject(value) ? value.bucket : undefined;
  return isObject(bucket) && typeof bucket.name === 'string' ? bucket.name : undefined;
}

/** As forms are encoded, with `+` for a space. */
function decodedKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' ')) || undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
