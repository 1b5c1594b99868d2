/** The indicators of a record, from the fields that its stream's definition names. Nothing that it holds makes this fail. */

import { LRUCache } from 'lru-cache';
import { addressKeys } from '../domain/indicators/address-keys.js';
import { aggregateKey, CUT_KEY, indicatorKey, messageKey } from '../domain/indicators/indicator.js';
import type { IndicatorField } from '../domain/indicators/indicator-field.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import type { StreamName } from '../domain/streams/streams.js';
import { emailsIn, hostOfEmail } from './values/emails.js';
import { addressBytes, domainKeys, domainOf } from './values/hosts.js';
import { fileKey, fileKeys, hashKey } from './values/texts.js';
import { urlOf } from './values/urls.js';

type AnyRecord = Readonly<Record<string, unknown>>;
type Reader = (text: string, record: AnyRecord) => readonly (string | undefined)[];

/** Most indicators of a record, and most characters of all of them: their index must stay in proportion to the records. */
export const MOST_INDICATORS = 1_000;
const MOST_CHARACTERS = 65_536;
/** Of a field, in characters. */
const MOST_READ = 100_000;

const hostKeys = (host: string): readonly string[] => {
  const address = addressBytes(host);
  if (address !== undefined) return addressKeys(address);
  const domain = domainOf(host);
  return domain === undefined ? [] : domainKeys(domain);
};

/** Most texts that are remembered of a kind of field, and the longest of them, in characters. */
const MOST_REMEMBERED = 5_000;
const LONGEST_REMEMBERED = 100;

/** Hosts, and people's addresses, come again and again: finding their keys took half the time of all indicators. */
function remembering(read: (text: string) => readonly string[]): Reader {
  const known = new LRUCache<string, readonly string[]>({ max: MOST_REMEMBERED });
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return read(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const keys = read(text);
    known.set(text, keys);
    return keys;
  };
}

const READERS: Readonly<Record<IndicatorField, Reader>> = {
  ip: remembering((text) => {
    const address = addressBytes(text.trim());
    return address === undefined ? [] : addressKeys(address);
  }),
  host: remembering((text) => hostKeys(text.trim().replace(/^\[(.*)\]$/, '$1'))),
  url: (text) => {
    const url = urlOf(text);
    if (url === undefined) return [];
    return [indicatorKey('url', url.whole), indicatorKey('url', url.page), ...hostKeys(url.host)];
  },
  addresses: remembering((text) =>
    emailsIn(text).flatMap((email) => [indicatorKey('email', email), ...hostKeys(hostOfEmail(email))]),
  ),
  md5: (text) => [hashKey('md5', text)],
  sha1: (text) => [hashKey('sha1', text)],
  sha256: (text) => [hashKey('sha256', text)],
  message: (text) => [messageKey(text)],
  file: (text) => [fileKey(text)],
  files: fileKeys,
  aggregate: (text, { accountId }) => [aggregateKey(textsOf(accountId)[0] ?? '', text)],
};

interface FieldReader {
  readonly path: readonly string[];
  readonly isList: boolean;
  readonly read: Reader;
}

const FIELDS: ReadonlyMap<StreamName, readonly FieldReader[]> = new Map(
  DEFINITIONS.map(({ name, indicators }) => [
    name,
    Object.entries<IndicatorField>(indicators).map(([path, kind]) => ({
      path: path.split('.'),
      isList: kind === 'addresses' || kind === 'files',
      read: READERS[kind],
    })),
  ]),
);

/** Lists of values. Of one that is too long the last value would be another one than in the record: it is left out. */
function readPart(text: string): { readonly part: string; readonly isCut: boolean } {
  if (text.length <= MOST_READ) return { part: text, isCut: false };
  const start = text.slice(0, MOST_READ);
  const end = Math.max(start.lastIndexOf(','), start.lastIndexOf(';'));
  return { part: end < 0 ? start : start.slice(0, end), isCut: true };
}

/**
 * With `CUT_KEY` when it has more than there is room for.
 *
 * @param record after its source's rules: what they hide must not live on here.
 */
export function indicatorsOf(stream: StreamName, record: AnyRecord): readonly string[] {
  const found = new Set<string>();
  let characters = 0;
  let hasCuts = false;
  for (const { path, isList, read } of FIELDS.get(stream) ?? []) {
    for (const text of textsOf(valuesAt(record, path))) {
      const { part, isCut } = isList ? readPart(text) : { part: text.slice(0, MOST_READ), isCut: false };
      hasCuts ||= isCut;
      for (const key of read(part, record)) {
        if (key === undefined || found.has(key)) continue;
        characters += key.length;
        if (found.size >= MOST_INDICATORS || characters > MOST_CHARACTERS) return [...found, CUT_KEY];
        found.add(key);
      }
    }
  }
  return hasCuts ? [...found, CUT_KEY] : [...found];
}

/** What stands at a path; of a list on the way, what stands there in each of its entries. */
function valuesAt(value: unknown, path: readonly string[], depth = 0): unknown {
  const key = path[depth];
  if (key === undefined) return value;
  if (Array.isArray(value)) return value.slice(0, MOST_INDICATORS).map((each) => valuesAt(each, path, depth));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return valuesAt((value as AnyRecord)[key], path, depth + 1);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.slice(0, MOST_INDICATORS).flatMap(textsOf) : [];
}
