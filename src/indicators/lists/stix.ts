/** STIX: bundles of 2.0 and 2.1, what a TAXII server answers, and their objects without either. */

import { isObject, type JsonObject } from '../../domain/json.js';
import { type PatternValue, pathType, textOf, valuesInPattern } from './stix-pattern.js';
import { NotUnderstood } from './wanted.js';

/** Something of a bundle: a text that says an indicator, or why there is none. */
export interface BundleEntry {
  /** Place of its object in the bundle, counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly reason?: string;
}

/** @returns `undefined` when the JSON is nothing of STIX. */
export function stixObjects(json: unknown): readonly unknown[] | undefined {
  if (!isObject(json)) return undefined;
  // An envelope of TAXII has no type.
  if (Array.isArray(json.objects) && (json.type === 'bundle' || json.type === undefined)) return json.objects;
  return isStixObject(json) ? [json] : undefined;
}

export function isStixObject(json: unknown): json is JsonObject {
  return isObject(json) && typeof json.type === 'string' && typeof json.id === 'string';
}

/**
 * Of the objects that are indicators; the others describe them. Where there are none, what was observed is what somebody
 * looks for.
 */
export function* bundleEntries(objects: readonly unknown[]): Generator<BundleEntry> {
  const hasIndicators = objects.some((object) => isObject(object) && object.type === 'indicator');
  let observables = 0;
  let isEmpty = true;
  for (const [at, object] of objects.entries()) {
    const number = at + 1;
    if (!isObject(object)) yield { number, text: String(object), reason: 'it is not an object of STIX' };
    else if (object.type === 'indicator') yield* ofIndicator(object, number);
    else {
      for (const observed of observablesIn(object)) {
        observables += 1;
        if (!hasIndicators) yield* ofObservable(observed, number);
        else if (observables === 1) yield { number, text: String(observed.type), reason: BESIDE_INDICATORS };
      }
      continue;
    }
    isEmpty = false;
  }
  if (isEmpty && observables === 0)
    yield { number: 1, text: 'objects', reason: 'there are neither indicators nor observables' };
}

const BESIDE_INDICATORS = 'what was observed is not looked for where there are indicators: this and all that follow';

function ofIndicator({ pattern, pattern_type: language = 'stix', revoked, id }: JsonObject, number: number) {
  if (typeof pattern !== 'string') return [{ number, text: String(id), reason: 'it has no pattern' }];
  if (revoked === true) return [{ number, text: pattern, reason: 'it was revoked' }];
  if (language !== 'stix') return [{ number, text: pattern, reason: `its pattern is ${String(language)}, not STIX` }];
  try {
    return valuesInPattern(pattern).map((value) => ({ number, text: textOf(value) }));
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [{ number, text: pattern, reason: error.message }];
  }
}

const OBSERVABLES = new Set([
  ...['artifact', 'autonomous-system', 'directory', 'domain-name', 'email-addr', 'email-message', 'file', 'ipv4-addr'],
  ...['ipv6-addr', 'mac-addr', 'mutex', 'network-traffic', 'process', 'software', 'url', 'user-account'],
  ...['windows-registry-key', 'x509-certificate'],
]);

/** Observed data of STIX 2.0 holds them itself. */
function observablesIn(object: JsonObject): readonly JsonObject[] {
  if (OBSERVABLES.has(String(object.type))) return [object];
  return object.type === 'observed-data' && isObject(object.objects)
    ? Object.values(object.objects).filter(isObject)
    : [];
}

function ofObservable(object: JsonObject, number: number): BundleEntry[] {
  const name = String(object.type);
  const hashes = isObject(object.hashes) ? Object.entries(object.hashes) : [];
  const values = [
    ...['value', 'name', 'message_id'].map((key) => [`${name}:${key}`, object[key]] as const),
    ...hashes.map(([kind, hash]) => [`${name}:hashes.${kind}`, hash] as const),
  ].flatMap(([path, value]): PatternValue[] => {
    const type = pathType(path);
    return type === undefined || typeof value !== 'string' ? [] : [{ type, value }];
  });
  if (values.length > 0) return values.map((value) => ({ number, text: textOf(value) }));
  return [{ number, text: String(object.id ?? name), reason: `this ${name} has nothing that records have` }];
}
