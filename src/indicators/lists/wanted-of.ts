/** One indicator as people write it, defanged or not. */

import { rangeKeys, WIDEST_RANGES } from '../../domain/indicators/address-keys.js';
import { INDICATOR_TYPES, type IndicatorType, indicatorKey, messageKey } from '../../domain/indicators/indicator.js';
import { emailOf } from '../values/emails.js';
import { addressBytes, domainOf } from '../values/hosts.js';
import { fileKey, hashKey, hashTypeOf } from '../values/texts.js';
import { urlOf } from '../values/urls.js';
import { type FoundIndicator, found, guessedName, isKnownDomain, withKeys } from './guessed-name.js';
import { refanged } from './refanged.js';
import { holdsSeveral, partsOf, SEVERAL, someAreIndicators } from './several.js';
import { NotUnderstood, type WantedIndicator } from './wanted.js';

const LONGEST = 4_000;

/** @throws NotUnderstood */
export function wantedOf(text: string): WantedIndicator {
  const given = text.trim();
  if (given.length > LONGEST) throw new NotUnderstood(`it is longer than ${LONGEST} characters`);
  // Readers of domains and URLs leave these out, and make one of two.
  if (CONTROL.test(given)) throw new NotUnderstood('it has a tab, a line break or another control character in it');
  const { type, rest } = namedType(given);
  const bare = refanged(rest);
  const wanted = type === undefined ? guessed(bare) : ofType(type, bare);
  if (wanted === undefined) throw new NotUnderstood(type === undefined ? reasonFor(bare) : `it is not of type ${type}`);
  if (holdsSeveral(bare, wanted.type, { isNamed: type !== undefined, guess: guessed }))
    throw new NotUnderstood(SEVERAL);
  return { text: given, ...wanted };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;

/** `type:` before an indicator says what it is. */
function namedType(text: string): { readonly type?: IndicatorType | undefined; readonly rest: string } {
  const [, named = '', rest = ''] = /^([a-z0-9]+):\s*(?!\/\/)(.+)$/is.exec(text) ?? [];
  const type = INDICATOR_TYPES.find((each) => each === named.toLowerCase());
  return type === undefined ? { rest: text } : { type, rest };
}

/** What a text is taken for, the surest first. @throws NotUnderstood */
function guessed(text: string): FoundIndicator | undefined {
  const hash = hashTypeOf(text);
  if (hash !== undefined) return ofType(hash, text);
  return addressIn(text) ?? bracketed(text) ?? withAt(text) ?? urlIn(text) ?? guessedName(text);
}

function ofType(type: IndicatorType, text: string): FoundIndicator | undefined {
  switch (type) {
    case 'ip4':
    case 'ip6':
      return addressIn(text);
    case 'domain':
      return found(type, domainOf(text.replace(/^(\*\.|\.|@)/, '')));
    case 'url':
      return urlWith(text);
    case 'email':
      return found(type, emailOf(text));
    case 'md5':
    case 'sha1':
    case 'sha256':
      return withKeys(type, [hashKey(type, text)]);
    case 'message':
      return withKeys(type, [messageKey(text)]);
    case 'file':
      return withKeys(type, [fileKey(text)]);
    case 'aggregate':
      return found(type, text);
  }
}

/** Of two addresses and what stands between them, in characters. */
const LONGEST_RANGE = 100;
const RANGE_OF_TWO = /^([0-9a-f.:]+?)\s*(?:[-–—]|\.{2,}|\bto\b)\s*([0-9a-f.:]+)$/i;
const NETMASK = /^[\d.]+\/\d+\.[\d.]+$/;

/** An address, or a range of them; a port behind it does not matter. @throws NotUnderstood */
function addressIn(text: string): FoundIndicator | undefined {
  const [, host = '', length] = /^\[?([0-9a-f.:]+)\]?(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bytes = addressBytes(host) ?? addressBytes(host.replace(/^([\d.]+):\d{1,5}$/, '$1'));
  if (bytes === undefined) return refuseRange(text);
  const bits = bytes.length * 8;
  const wanted = length === undefined ? bits : Number(length);
  if (wanted > bits) throw new NotUnderstood(`an address of this kind has ${bits} bits`);
  const keys = rangeKeys(bytes, wanted);
  if (keys === undefined) throw new NotUnderstood(`the range is too wide: at most ${WIDEST_RANGES}`);
  return { type: bits === 32 ? 'ip4' : 'ip6', ...keys };
}

/** Ranges that are written in another way would pass for file names and URLs. @throws NotUnderstood */
function refuseRange(text: string): undefined {
  if (text.length > LONGEST_RANGE) return;
  const [, first, last] = RANGE_OF_TWO.exec(text) ?? [];
  const isOfTwo = first !== undefined && last !== undefined && addressBytes(first) !== undefined;
  if (NETMASK.test(text) || (isOfTwo && (/^\d{1,3}$/.test(last) || addressBytes(last) !== undefined)))
    throw new NotUnderstood('a range of addresses is written with its length in bits, such as 192.0.2.0/24');
}

/** `<https://example.com/>`: what stands in brackets, but for message IDs. */
function bracketed(text: string): FoundIndicator | undefined {
  const [, inner] = /^<([^\s<>@]+)>$/.exec(text) ?? [];
  return inner === undefined ? undefined : guessed(inner);
}

/** Message IDs look like e-mail addresses, so a text is looked up as both. */
function withAt(text: string): FoundIndicator | undefined {
  if (/^<[^\s<>]+>$/.test(text)) {
    const address = emailOf(text);
    return withKeys('message', [messageKey(text), address && indicatorKey('email', address)]);
  }
  if (/^@[^@]+$/.test(text)) return ofType('domain', text);
  const address = text.includes('@') && !text.includes('/') ? emailOf(text) : undefined;
  if (address === undefined) return undefined;
  return withKeys('email', [indicatorKey('email', address), /\s/.test(text) ? undefined : messageKey(text)]);
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** Others are misspelled, or defanged in a way that is not known: no record has them. */
const SCHEMES = new Set([
  ...['http', 'https', 'ftp', 'ftps', 'sftp', 'tftp', 'ws', 'wss', 'smb', 'nfs', 'dav', 'davs', 'webdav'],
  ...['ldap', 'ldaps', 'ssh', 'telnet', 'rdp', 'vnc', 'rtsp', 'irc', 'ircs', 'git', 'svn', 'gopher'],
]);

function urlIn(text: string): FoundIndicator | undefined {
  if (/\s/.test(text)) return undefined;
  if (SCHEME.test(text)) return urlWith(text);
  const [host = ''] = text.split(/[/?#:]/, 1);
  if (!/^(?::\d{1,5})?\//.test(text.slice(host.length))) return undefined;
  return isKnownDomain(host) || addressBytes(host) !== undefined ? urlWith(text) : undefined;
}

/** @throws NotUnderstood for a URL that no record can have. */
function urlWith(text: string): FoundIndicator | undefined {
  const [, scheme] = SCHEME.exec(text) ?? [];
  if (scheme !== undefined && !SCHEMES.has(scheme.toLowerCase()))
    throw new NotUnderstood(`${scheme}:// is not the beginning of a URL that is known`);
  const url = urlOf(text);
  if (url === undefined) return undefined;
  if (addressBytes(url.host) === undefined && domainOf(`${url.host}.x`) === undefined)
    throw new NotUnderstood(`${url.host} is neither a domain nor an address`);
  return found('url', url.whole);
}

function reasonFor(text: string): string {
  if (/^[0-9a-f]{128}$/i.test(text)) return 'SHA-512: records have MD5, SHA-1 and SHA-256 only';
  if (/^[0-9a-f]{20,}$/i.test(text)) return 'it has not the length of an MD5, SHA-1 or SHA-256 hash';
  if (someAreIndicators(partsOf(text), guessed)) return SEVERAL;
  if (/^[\p{Nd}.]+(\/\d+)?$/u.test(text) || /^(\d{1,3}\.){3}\S*$/.test(text))
    return 'an IPv4 address has four decimal parts without leading zeros';
  return 'it is not an address, domain, URL, e-mail address, hash, message ID or file name';
}
