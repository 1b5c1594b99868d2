/** The keys of the configuration that belong to one way to retrieve records alone. */

import { DEFAULT_BASE_URL } from './base-url.js';

export const CREDENTIALS = ['clientID', 'clientSecret'] as const;

/** Of the API, with their defaults, which the stored configuration of a bucket may hold. */
export const API_ONLY = { baseUrl: DEFAULT_BASE_URL, backfill: '24h', lag: '0s', overlap: '15m' } as const;

const absentOr = (...values: readonly string[]) => ({ enum: [null, '', ...values] });

/** In words of JSON Schema, for editors and forms: what is needed, and what may not be there. */
export const METHOD_CONDITIONS = {
  if: { properties: { collectionMethod: { const: 's3' } }, required: ['collectionMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    required: ['s3'],
    properties: {
      ...Object.fromEntries(CREDENTIALS.map((key) => [key, absentOr()])),
      ...Object.fromEntries(Object.entries(API_ONLY).map(([key, preset]) => [key, absentOr(preset)])),
    },
  },
  else: { required: [...CREDENTIALS], properties: { s3: absentOr() } },
};
