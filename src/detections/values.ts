/** Values of records in the types that a detection has. What has another type, or says nothing, is absent. */

import { isIP } from 'node:net';
import type { DetectionAction, Direction } from '../domain/detections/detection.js';
import { isObject, parseJson } from '../domain/json.js';

/** A text, or a number as one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text === 'null' ? undefined : value;
}

/** The addresses in a text with commas, in a list, or in an object as the list of held messages has it; each once. */
export function addressesOf(value: unknown): string[] {
  const found = (Array.isArray(value) ? value : [value]).flatMap((one) => addressesIn(one, true));
  return [...new Set(found)];
}

function addressesIn(value: unknown, mayBeJson: boolean): string[] {
  if (isObject(value)) return isObject(value.emailAddress) ? [] : addressesIn(value.emailAddress, false);
  const text = textOf(value)?.trim();
  if (text === undefined) return [];
  // Records have JSON inside of texts, too.
  const inner = mayBeJson && /^[[{]/.test(text) ? parseJson(text) : undefined;
  if (inner !== undefined) return (Array.isArray(inner) ? inner : [inner]).flatMap((one) => addressesIn(one, false));
  return text.split(/[,;]/).flatMap((part) => addressIn(part.trim()));
}

/** `Name <a@b>` is `a@b`, and the `<>` of bounces is none. */
function addressIn(text: string): string[] {
  const address = /<([^<>]*)>\s*$/.exec(text)?.[1]?.trim() ?? text;
  return address === '' ? [] : [address];
}

export function messageIdOf(value: unknown): string | undefined {
  return textOf(textOf(value)?.trim().replace(/^<|>$/g, ''));
}

const DIRECTIONS: readonly Direction[] = ['inbound', 'outbound', 'internal'];

export function directionOf(value: unknown): Direction | undefined {
  const word = textOf(value)?.trim().toLowerCase();
  return DIRECTIONS.find((direction) => direction === word);
}

/** Words of the SIEM types, of DLP logs and of URL clicks, in lower case. */
const ACTION_WORDS: ReadonlyMap<string, DetectionAction> = new Map<string, DetectionAction>([
  ...(['acc', 'allow', 'allowed'] as const).map((word) => [word, 'allowed'] as const),
  ...(['block', 'blocked'] as const).map((word) => [word, 'blocked'] as const),
  ...(['warn', 'warned'] as const).map((word) => [word, 'warned'] as const),
  ...(['hld', 'hold', 'held'] as const).map((word) => [word, 'held'] as const),
  ...(['rej', 'reject', 'rejected'] as const).map((word) => [word, 'rejected'] as const),
  ...(['bnc', 'bounce', 'bounced'] as const).map((word) => [word, 'bounced'] as const),
  ...(['delete', 'deleted'] as const).map((word) => [word, 'deleted'] as const),
  ['notification', 'notified'],
  ['smart_folder', 'tagged'],
]);

export function actionOf(word: string | undefined): DetectionAction | undefined {
  return word === undefined ? undefined : ACTION_WORDS.get(word.trim().toLowerCase());
}

export function ipOf(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  return text !== undefined && isIP(text) !== 0 ? text : undefined;
}

const HASH_DIGITS = { md5: 32, sha1: 40, sha256: 64 } as const;

export function hashOf(algorithm: keyof typeof HASH_DIGITS, value: unknown): string | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  return text?.length === HASH_DIGITS[algorithm] && /^[0-9a-f]+$/.test(text) ? text : undefined;
}

export function sizeOf(value: unknown): number | undefined {
  const text = textOf(value)?.trim();
  const size = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return size;
}

/** The URL when it is one with a host; attackers write others. */
export function hostOf(url: string): string | undefined {
  return textOf(URL.parse(url)?.hostname);
}
