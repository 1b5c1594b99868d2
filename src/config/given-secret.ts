/** The secrets of what is being read: wherever else somebody has pasted one of them, no message may repeat it. */

import { valueAt } from '../domain/json.js';
import { configSchema, SECRET_PLACEHOLDER } from './source-schema.js';

const PLACES = [['source', 'config'], ['config'], [], ['source']];
const KEYS = [['clientSecret'], ['s3', 'secretAccessKey'], ['export', 'secretAccessKey']];

/** Longest first, so that none is cut out of the middle of another. */
export type Secrets = readonly string[];

/** A shorter one is looked for as a whole text only, since it may be a part of any word. */
const LEAST_PART = 6;

/**
 * @param json a file, a source, or a configuration by itself.
 * @returns without masks, and without words of the schema in a secret's place.
 */
export function secretsIn(json: unknown): Secrets {
  const found = KEYS.flatMap((key) => PLACES.map((place) => valueAt(json, [...place, ...key])));
  const texts = found.flatMap((value) => (typeof value === 'string' ? [value.trim()] : []));
  const isNone = (text: string) =>
    text === '' || text === SECRET_PLACEHOLDER || Object.hasOwn(configSchema.shape, text);
  return [...new Set(texts)].filter((text) => !isNone(text)).toSorted((a, b) => b.length - a.length);
}

/** Whether a text is a secret, or has one in it, in whatever case. */
export function holdsSecret(text: string, secrets: Secrets): boolean {
  return secrets.some((secret) =>
    secret.length < LEAST_PART ? text.trim() === secret : text.toLowerCase().includes(secret.toLowerCase()),
  );
}

/** A text with `…` in place of each secret. */
export function withoutSecrets(text: string, secrets: Secrets): string {
  return secrets.reduce(
    (shown, secret) =>
      holdsSecret(shown, [secret]) ? shown.replace(new RegExp(secret.replace(/[^\w\s]/g, '\\$&'), 'gi'), '…') : shown,
    text,
  );
}
