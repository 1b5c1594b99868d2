/** Values that an index answers: what a record has to carry among its indicators. */

import { rangeKeys } from '../domain/indicators/address-keys.js';
import { indicatorKey, messageKey } from '../domain/indicators/indicator.js';
import type { IndicatorField } from '../domain/indicators/indicator-field.js';
import type { FieldTest } from '../domain/search/condition.js';
import { emailOf } from '../indicators/values/emails.js';
import { addressBytes, domainOf } from '../indicators/values/hosts.js';
import { fileKey, hashKey, hashTypeOf } from '../indicators/values/texts.js';
import { urlOf } from '../indicators/values/urls.js';
import type { KindName } from './fields.js';

export interface Lookup {
  /** Empty when only the fields can tell. */
  readonly keys: readonly string[];
  readonly between?: { readonly from: string; readonly to: string };
  /** How a field of the kind shows it; absent where equal values may be spelled in different ways. */
  readonly test?: FieldTest;
}

/** @returns `undefined` when the text is nothing of the kind. */
export function lookupOf(kind: KindName, text: string): Lookup | undefined {
  return LOOKUPS[kind](text.trim());
}

/** The same for one field. A domain is the whole value there, and an address stands alone. */
export function lookupInField(kind: IndicatorField, text: string): Lookup | undefined {
  if (kind === 'aggregate') return undefined;
  if (kind === 'host') return address(text) ?? LOOKUPS.domain(text);
  return LOOKUPS[KIND_NAME[kind]](text.trim());
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
  domain: (text) => {
    const domain = domainOf(text.replace(/^\*?\./, ''));
    return domain === undefined ? undefined : { keys: [indicatorKey('domain', domain)], test: part(domain) };
  },
  url: (text) => {
    const url = urlOf(text);
    return url === undefined ? undefined : { keys: [indicatorKey('url', url.whole)] };
  },
  email: (text) => {
    const email = emailOf(text);
    return email === undefined ? undefined : { keys: [indicatorKey('email', email)], test: part(email) };
  },
  hash: (text) => {
    const type = hashTypeOf(text);
    const key = type && hashKey(type, text);
    return key === undefined ? undefined : { keys: [key], test: part(text) };
  },
  message: (text) => single(messageKey(text), text.replace(/^<|>$/g, '')),
  file: (text) => single(fileKey(text), text),
};

function single(key: string | undefined, text: string): Lookup | undefined {
  return key === undefined ? undefined : { keys: [key], test: part(text) };
}

function address(text: string): Lookup | undefined {
  const [, host = '', length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bytes = addressBytes(host);
  if (bytes === undefined) return undefined;
  const all = bytes.length * 8;
  const bits = length === undefined ? all : Number(length);
  if (bits > all) return undefined;
  const { keys = [], between } = rangeKeys(bytes, bits) ?? {};
  const found = { keys, ...(between && { between }) };
  return all === 128 ? found : { ...found, test: { by: 'network', bytes, bits } };
}

const part = (text: string): FieldTest => ({ by: 'words', text, boundary: 'part' });
