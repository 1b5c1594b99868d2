/** Values that an index answers: what a record has to carry among its indicators. */

import { rangeKeys } from '../domain/indicators/address-keys.js';
import { indicatorKey, messageKey } from '../domain/indicators/indicator.js';
import type { IndicatorField } from '../domain/indicators/indicator-field.js';
import type { FieldTest } from '../domain/search/condition.js';
import { addressesIn, emailOf, emailsIn } from '../indicators/values/emails.js';
import { addressBytes, domainOf } from '../indicators/values/hosts.js';
import { fileKey, fileKeys, hashKey, hashTypeOf } from '../indicators/values/texts.js';
import { urlOf } from '../indicators/values/urls.js';
import type { KindName } from './fields.js';

export interface Lookup {
  /** Empty when only the fields can tell. */
  readonly keys: readonly string[];
  readonly between?: { readonly from: string; readonly to: string };
  /** How a field of the kind may show it; none where equal values may be spelled in too many ways. */
  readonly tests: readonly FieldTest[];
}

/** @returns `undefined` when the text is nothing of the kind. */
export function lookupOf(kind: KindName, text: string): Lookup | undefined {
  return LOOKUPS[kind](text.trim());
}

/** The same for one field. A domain is the whole value there, and an address stands alone. */
export function lookupInField(kind: IndicatorField, text: string): Lookup | undefined {
  if (kind === 'aggregate') return undefined;
  if (kind === 'host') return address(text) ?? domain(text.trim());
  return LOOKUPS[KIND_NAME[kind]](text.trim());
}

/**
 * What a record with several entries in such a field carries, each of them.
 *
 * @returns `undefined` for one entry.
 */
export function lookupsOfList(kind: IndicatorField, text: string): readonly Lookup[] | undefined {
  const keys = kind === 'files' ? keysOfFiles(text) : kind === 'addresses' ? keysOfAddresses(text) : undefined;
  return keys?.map((key) => ({ keys: [key], tests: [] }));
}

/** A name without quotes may have a comma itself, and records carry it as a whole, too. */
function keysOfFiles(text: string): readonly string[] | undefined {
  const keys = fileKeys(text);
  const whole = fileKey(text);
  return whole === undefined || keys.includes(whole) ? undefined : keys;
}

function keysOfAddresses(text: string): readonly string[] | undefined {
  const entries = addressesIn(text).filter((entry) => entry.trim() !== '');
  return entries.length < 2 ? undefined : emailsIn(text).map((email) => indicatorKey('email', email));
}

/** What a text is that stands alone, without the name of a field; only what cannot be anything else. */
export function recognized(text: string): KindName | undefined {
  if (/^<[^<>]+@[^<>]+>$/.test(text)) return 'message';
  if (address(text) !== undefined) return 'ip';
  if (/^https?:\/\//i.test(text) && urlOf(text) !== undefined) return 'url';
  if (/^[^\s<>"(),;]+@[^\s<>"(),;]+\.[^\s<>"(),;]+$/.test(text) && emailOf(text) !== undefined) return 'email';
  return hashTypeOf(text) === undefined ? undefined : 'hash';
}

const KIND_NAME: Readonly<Record<Exclude<IndicatorField, 'host' | 'aggregate'>, KindName>> = {
  ip: 'ip',
  url: 'url',
  addresses: 'email',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  message: 'message',
  file: 'file',
  files: 'file',
};

const LOOKUPS: Readonly<Record<KindName, (text: string) => Lookup | undefined>> = {
  ip: address,
  domain: (text) => domain(text.replace(/^\*?\./, '')),
  url: (text) => {
    const url = urlOf(text);
    return url === undefined ? undefined : { keys: [indicatorKey('url', url.whole)], tests: [] };
  },
  email: (text) => {
    const email = emailOf(text);
    return email === undefined ? undefined : { keys: [indicatorKey('email', email)], tests: [part(email)] };
  },
  hash: (text) => {
    const type = hashTypeOf(text);
    const key = type && hashKey(type, text);
    return key === undefined ? undefined : { keys: [key], tests: [part(text)] };
  },
  message: (text) => single(messageKey(text), text.replace(/^<|>$/g, '')),
  file: (text) => single(fileKey(text), text),
};

function single(key: string | undefined, text: string): Lookup | undefined {
  return key === undefined ? undefined : { keys: [key], tests: [part(text)] };
}

/** Records may show it as it is given, such as with characters of its own language, or as it is looked up. */
function domain(text: string): Lookup | undefined {
  const name = domainOf(text);
  if (name === undefined) return undefined;
  const spellings = name === text.toLowerCase() ? [name] : [name, text];
  return { keys: [indicatorKey('domain', name)], tests: spellings.map(part) };
}

function address(text: string): Lookup | undefined {
  const [, host = '', length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bytes = addressBytes(host);
  if (bytes === undefined) return undefined;
  const all = bytes.length * 8;
  const bits = length === undefined ? all : Number(length);
  if (bits > all) return undefined;
  const { keys = [], between } = rangeKeys(bytes, bits) ?? {};
  // An IPv4 address that is written as IPv6 has more spellings than its pattern knows.
  const given = all === 32 && host.includes(':') ? [part(host)] : [];
  return { keys, ...(between && { between }), tests: [{ by: 'network', bytes, bits }, ...given] };
}

const part = (text: string): FieldTest => ({ by: 'words', text, boundary: 'part' });
