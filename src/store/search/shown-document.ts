/** A stored record as JSON: times in ISO form, numbers that JavaScript cannot hold exactly as text, bytes as base64. */

import { Binary, Decimal128, Long } from 'mongodb';
import type { JsonObject } from '../../domain/json.js';

export function shownDocument(document: object): JsonObject {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, shown(value)]));
}

function shown(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Long) return value.toString();
  if (value instanceof Decimal128) return value.toString();
  if (value instanceof Binary) return value.toString('base64');
  return typeof value === 'object' && value !== null ? shownDocument(value) : value;
}
