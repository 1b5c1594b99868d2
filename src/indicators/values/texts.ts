/** File names and hashes, spelled in one way. */

import { indicatorKey, isName } from '../../domain/indicators/indicator.js';

const HASH_DIGITS = { md5: 32, sha1: 40, sha256: 64 } as const;
export type HashType = keyof typeof HASH_DIGITS;

export function hashKey(type: HashType, text: string): string | undefined {
  const digits = text.trim().toLowerCase();
  return digits.length === HASH_DIGITS[type] && /^[0-9a-f]+$/.test(digits) ? indicatorKey(type, digits) : undefined;
}

/** The kind of a hash, by its length. */
export function hashTypeOf(text: string): HashType | undefined {
  return (Object.keys(HASH_DIGITS) as HashType[]).find((type) => hashKey(type, text) !== undefined);
}

export function fileKey(name: string): string | undefined {
  const bare = name
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .trim();
  return isName(bare) ? indicatorKey('file', bare.normalize('NFC').toLowerCase()) : undefined;
}

/** A list of names: quoted, or between commas. A name may have a comma itself, so the whole counts as one, too. */
export function fileKeys(list: string): string[] {
  const names = list.match(/"[^"]+"|[^,;"]+/g) ?? [];
  return [...(names.length > 1 && !list.includes('"') ? [...names, list] : names)].flatMap(
    (name) => fileKey(name) ?? [],
  );
}
