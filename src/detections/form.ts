/** A form that detections are exported in: which of its fields each part of a detection fills. */

import type { Detection } from '../domain/detections/detection.js';
import { isObject, type JsonObject } from '../domain/json.js';

/**
 * A field by its path. `a.b` is a key in an object, `a[]` adds to a list, and `a[].b` is a key in the list's first object.
 */
export type Target<T> =
  | string
  | {
      readonly path: string;
      /** `undefined`: leaves the field out. Default: as it is. */
      readonly as: (value: T, detection: Detection) => unknown;
    };

export interface Form {
  /** Of the schema. */
  readonly version: string;
  /** The same in every one. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly fields: { readonly [K in keyof Detection]-?: readonly Target<NonNullable<Detection[K]>>[] };
}

export function pathOf<T>(target: Target<T>): string {
  return typeof target === 'string' ? target : target.path;
}

export function inForm(form: Form, detection: Detection): JsonObject {
  const whole: JsonObject = {};
  for (const [path, value] of Object.entries(form.constants)) put(whole, path, structuredClone(value));
  for (const [part, value] of Object.entries(detection)) {
    // The keys of both are the same, and each target takes the value of its key.
    const targets = form.fields[part as keyof Detection] as readonly Target<unknown>[];
    for (const target of targets) {
      const given = typeof target === 'string' ? value : target.as(value, detection);
      if (given !== undefined) put(whole, pathOf(target), given);
    }
  }
  return whole;
}

function put(whole: JsonObject, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? path;
  const parent = steps.reduce(objectAt, whole);
  if (!last.endsWith('[]')) parent[last] = value;
  else parent[last.slice(0, -2)] = [...new Set([...listAt(parent, last.slice(0, -2)), ...[value].flat()])];
}

function objectAt(parent: JsonObject, step: string): JsonObject {
  const isList = step.endsWith('[]');
  const key = isList ? step.slice(0, -2) : step;
  const held = isList ? listAt(parent, key)[0] : parent[key];
  if (isObject(held)) return held;
  const made: JsonObject = {};
  parent[key] = isList ? [made] : made;
  return made;
}

function listAt(parent: JsonObject, key: string): unknown[] {
  const held = parent[key];
  return Array.isArray(held) ? held : [];
}
