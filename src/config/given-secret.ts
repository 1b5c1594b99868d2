/** The client secret, or the secret key of a bucket, of what is being read: wherever else somebody has pasted it, no message may repeat it. */

import { valueAt } from '../domain/json.js';
import { configSchema, SECRET_PLACEHOLDER } from './source-schema.js';

const PLACES = [['source', 'config'], ['config'], [], ['source']];
const KEYS = [['clientSecret'], ['s3', 'secretAccessKey']];

/** A shorter one is looked for as a whole text only, since it may be a part of any word. */
const LEAST_PART = 6;

/**
 * @param json a file, a source, or a configuration by itself.
 * @returns none where there is none, or a mask or a word of the schema in its place.
 */
export function secretIn(json: unknown): string | undefined {
  const found = KEYS.flatMap((key) => PLACES.map((place) => valueAt(json, [...place, ...key]))).find(Boolean);
  const secret = typeof found === 'string' ? found.trim() : '';
  const isNone = secret === '' || secret === SECRET_PLACEHOLDER || Object.hasOwn(configSchema.shape, secret);
  return isNone ? undefined : secret;
}

/** Whether a text is the secret, or has it in it, in whatever case. */
export function holdsSecret(text: string, secret: string | undefined): boolean {
  if (secret === undefined) return false;
  if (secret.length < LEAST_PART) return text.trim() === secret;
  return text.toLowerCase().includes(secret.toLowerCase());
}

/** A text with `…` in place of the secret. */
export function withoutSecret(text: string, secret: string | undefined): string {
  if (secret === undefined || !holdsSecret(text, secret)) return text;
  return text.replace(new RegExp(secret.replace(/[^\w\s]/g, '\\$&'), 'gi'), '…');
}
