/** STIX 2.1 bundles. */

import { isObject } from '../../domain/json.js';
import { valuesInPattern } from './stix-pattern.js';
import { NotUnderstood } from './wanted.js';

/** Something of a bundle: a text that says an indicator, or why there is none. */
export interface BundleEntry {
  /** Place of its object in the bundle, counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly reason?: string;
}

export function isBundle(json: unknown): json is { readonly objects: readonly unknown[] } {
  return isObject(json) && json.type === 'bundle' && Array.isArray(json.objects);
}

/** Of the objects that are indicators; the others describe them. */
export function* bundleEntries(bundle: { readonly objects: readonly unknown[] }): Generator<BundleEntry> {
  for (const [at, object] of bundle.objects.entries()) yield* entriesOf(object, at + 1);
}

function entriesOf(object: unknown, number: number): BundleEntry[] {
  if (!isObject(object) || object.type !== 'indicator') return [];
  const { pattern, pattern_type: language = 'stix', revoked, id } = object;
  if (typeof pattern !== 'string') return [{ number, text: String(id), reason: 'it has no pattern' }];
  if (revoked === true) return [{ number, text: pattern, reason: 'it was revoked' }];
  if (language !== 'stix') return [{ number, text: pattern, reason: `its pattern is ${String(language)}, not STIX` }];
  try {
    return valuesInPattern(pattern).map(({ type, value }) => ({ number, text: `${type}:${value}` }));
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [{ number, text: pattern, reason: error.message }];
  }
}
