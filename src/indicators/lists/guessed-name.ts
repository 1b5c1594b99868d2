/** Texts that are names: of domains, of files, or of either. */

import { parse } from 'tldts';
import { type IndicatorType, indicatorKey } from '../../domain/indicators/indicator.js';
import { domainOf } from '../values/hosts.js';
import { fileKey } from '../values/texts.js';
import type { WantedIndicator } from './wanted.js';

export type FoundIndicator = Omit<WantedIndicator, 'text'>;

export function found(type: IndicatorType, value: string | undefined): FoundIndicator | undefined {
  return value === undefined ? undefined : { type, keys: [indicatorKey(type, value)] };
}

export function withKeys(type: IndicatorType, keys: readonly (string | undefined)[]): FoundIndicator | undefined {
  const some = keys.filter((key) => key !== undefined);
  return some.length === 0 ? undefined : { type, keys: some };
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

/** `192.0.2.x`, `192.0.2.1o`: an address that is misspelled, and no name. */
const LIKE_ADDRESS = /^(?:\p{Nd}{1,3}\.){3}[^.]*$|^[\p{Nd}.]+$/u;

/** A domain or a file name: `invoice.zip` may be either, and is then looked up as both. */
export function guessedName(text: string): FoundIndicator | undefined {
  const bare = text.replace(/^(\*\.|\.)/, '').replace(/:\d{1,5}$/, '');
  const [, extension = ''] = /\.([a-z0-9]{1,5})$/i.exec(text) ?? [];
  const isLikelyFile = EXTENSIONS.has(extension.toLowerCase());
  const isPath = /[\\/:*?"<>|]/.test(text);
  if (isKnownDomain(bare)) {
    const domain = domainOf(bare);
    return withKeys('domain', [domain && indicatorKey('domain', domain), isLikelyFile ? fileKey(text) : undefined]);
  }
  if (isPath || extension === '' || (/[\s,;]/.test(text) && !isLikelyFile)) return undefined;
  if (!isLikelyFile && LIKE_ADDRESS.test(text)) return undefined;
  const domain = isLikelyFile ? undefined : domainOf(bare);
  return withKeys('file', [fileKey(text), domain && indicatorKey('domain', domain)]);
}

export function isKnownDomain(text: string): boolean {
  const domain = domainOf(text);
  if (domain === undefined) return false;
  const {
    isIcann,
    isPrivate,
    domain: registrable,
  } = parse(domain, { extractHostname: false, validateHostname: false });
  return registrable !== null && (isIcann === true || isPrivate === true);
}
