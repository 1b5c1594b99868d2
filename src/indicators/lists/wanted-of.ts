/** One indicator as people write it, defanged or not. */

import { refang } from 'ioc-extractor';
import { parse } from 'tldts';
import { rangeKeys, WIDEST_RANGES } from '../../domain/indicators/address-keys.js';
import { INDICATOR_TYPES, type IndicatorType, indicatorKey, messageKey } from '../../domain/indicators/indicator.js';
import { emailOf } from '../values/emails.js';
import { addressBytes, domainOf } from '../values/hosts.js';
import { fileKey, hashKey, hashTypeOf } from '../values/texts.js';
import { urlOf } from '../values/urls.js';
import { NotUnderstood, type WantedIndicator } from './wanted.js';

const LONGEST = 4_000;

/** @throws NotUnderstood */
export function wantedOf(text: string): WantedIndicator {
  const given = text.trim();
  if (given.length > LONGEST) throw new NotUnderstood(`it is longer than ${LONGEST} characters`);
  const [, named = '', rest = ''] = /^([a-z0-9]+):\s*(?!\/\/)(.+)$/is.exec(given) ?? [];
  const type = INDICATOR_TYPES.find((each) => each === named.toLowerCase());
  const wanted = type === undefined ? guessed(refanged(given)) : ofType(type, refanged(rest));
  if (wanted === undefined)
    throw new NotUnderstood(type === undefined ? reasonFor(given) : `it is not of type ${type}`);
  return { text: given, ...wanted };
}

/** The rules of defanging are many, and most texts have nothing of it. */
function refanged(text: string): string {
  return /[[({\\]|hxx| \. |\*\*/i.test(text) ? refang(text) : text;
}

type Found = Omit<WantedIndicator, 'text'> | undefined;

/** What a text is taken for, the surest first. */
function guessed(text: string): Found {
  const hash = hashTypeOf(text);
  if (hash !== undefined) return ofType(hash, text);
  return addressIn(text) ?? withAt(text) ?? urlIn(text) ?? nameIn(text);
}

function ofType(type: IndicatorType, text: string): Found {
  switch (type) {
    case 'ip4':
    case 'ip6':
      return addressIn(text);
    case 'domain':
      return found(type, domainOf(text.replace(/^(\*\.|\.|@)/, '')));
    case 'url':
      return found(type, urlOf(text)?.whole);
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

function found(type: IndicatorType, value: string | undefined): Found {
  return value === undefined ? undefined : { type, keys: [indicatorKey(type, value)] };
}

function withKeys(type: IndicatorType, keys: readonly (string | undefined)[]): Found {
  const some = keys.filter((key) => key !== undefined);
  return some.length === 0 ? undefined : { type, keys: some };
}

/** An address, or a range of them; a port behind it does not matter. @throws NotUnderstood */
function addressIn(text: string): Found {
  const [, host = '', length] = /^\[?([0-9a-f.:]+)\]?(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bytes = addressBytes(host) ?? addressBytes(host.replace(/^([\d.]+):\d{1,5}$/, '$1'));
  if (bytes === undefined) return undefined;
  const bits = bytes.length * 8;
  const wanted = length === undefined ? bits : Number(length);
  if (wanted > bits) throw new NotUnderstood(`an address of this kind has ${bits} bits`);
  const keys = rangeKeys(bytes, wanted);
  if (keys === undefined) throw new NotUnderstood(`the range is too wide: at most ${WIDEST_RANGES}`);
  return { type: bits === 32 ? 'ip4' : 'ip6', ...keys };
}

/** Message IDs look like e-mail addresses, so a text is looked up as both. */
function withAt(text: string): Found {
  if (/^<[^\s<>]+>$/.test(text)) {
    const address = emailOf(text);
    return withKeys('message', [messageKey(text), address && indicatorKey('email', address)]);
  }
  if (/^@[^@]+$/.test(text)) return ofType('domain', text);
  const address = text.includes('@') && !text.includes('/') ? emailOf(text) : undefined;
  if (address === undefined) return undefined;
  return withKeys('email', [indicatorKey('email', address), /\s/.test(text) ? undefined : messageKey(text)]);
}

function urlIn(text: string): Found {
  if (/\s/.test(text)) return undefined;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return found('url', urlOf(text)?.whole);
  const [host = ''] = text.split(/[/?#:]/, 1);
  if (!text.slice(host.length).startsWith('/')) return undefined;
  return isKnownDomain(host) || addressBytes(host) !== undefined ? found('url', urlOf(text)?.whole) : undefined;
}

/** Of what has spaces in it. Of what has none, whatever looks like an extension is one. */
const EXTENSIONS = new Set([
  ...['7z', 'ace', 'apk', 'arj', 'bat', 'bin', 'bz2', 'cab', 'chm', 'cmd', 'cpl', 'csv', 'dll', 'dmg', 'doc'],
  ...['docm', 'docx', 'dot', 'dotm', 'eml', 'exe', 'gz', 'hta', 'htm', 'html', 'ics', 'img', 'iso', 'jar', 'jpg', 'js'],
  ...['jse', 'json', 'lnk', 'lzh', 'md', 'mov', 'msg', 'msi', 'mp3', 'mp4', 'odt', 'one', 'pdf', 'pif', 'pl', 'png'],
  ...['ppt', 'pptm', 'pptx', 'ps1', 'py', 'r00', 'rar', 'rtf', 'scr', 'sh', 'shtml', 'svg', 'swf', 'sys', 'tar', 'tgz'],
  ...['txt', 'url', 'vba', 'vbe', 'vbs', 'vhd', 'vhdx', 'wsf', 'xhtml', 'xla', 'xlam', 'xls', 'xlsb', 'xlsm', 'xlsx'],
  ...['xll', 'xml', 'xz', 'z', 'zip'],
]);

/** A domain or a file name: `invoice.zip` may be either, and is then looked up as both. */
function nameIn(text: string): Found {
  const bare = text.replace(/^(\*\.|\.)/, '').replace(/:\d{1,5}$/, '');
  const [, extension = ''] = /\.([a-z0-9]{1,5})$/i.exec(text) ?? [];
  const isLikelyFile = EXTENSIONS.has(extension.toLowerCase());
  const isPath = /[\\/:*?"<>|]/.test(text);
  if (isKnownDomain(bare)) {
    const domain = domainOf(bare);
    return withKeys('domain', [domain && indicatorKey('domain', domain), isLikelyFile ? fileKey(text) : undefined]);
  }
  if (isPath || extension === '' || (/\s/.test(text) && !isLikelyFile) || /^[\d.]+$/.test(text)) return undefined;
  const domain = isLikelyFile ? undefined : domainOf(bare);
  return withKeys('file', [fileKey(text), domain && indicatorKey('domain', domain)]);
}

function isKnownDomain(text: string): boolean {
  const domain = domainOf(text);
  if (domain === undefined) return false;
  const {
    isIcann,
    isPrivate,
    domain: registrable,
  } = parse(domain, { extractHostname: false, validateHostname: false });
  return registrable !== null && (isIcann === true || isPrivate === true);
}

function reasonFor(text: string): string {
  if (/^[0-9a-f]{128}$/i.test(text)) return 'SHA-512: records have MD5, SHA-1 and SHA-256 only';
  if (/^[0-9a-f]{20,}$/i.test(text)) return 'it has not the length of an MD5, SHA-1 or SHA-256 hash';
  if (/^[\d.]+(\/\d+)?$/.test(text)) return 'an IPv4 address has four decimal parts without leading zeros';
  return 'it is not an address, domain, URL, e-mail address, hash, message ID or file name';
}
