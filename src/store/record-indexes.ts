/** The indexes of records that a search walks along, in the order of its answer. */

import type { IndexDescription, Sort } from 'mongodb';
import { INDICATORS_KEY } from '../domain/indicators/indicator.js';

/** Newest first. */
export const ORDER = { _messageTime: -1, _id: -1 } as const satisfies Sort;

/** The same indexes, read from their other ends. */
export const OLDEST_FIRST = { _messageTime: 1, _id: 1 } as const satisfies Sort;

export const BY_TIME = ORDER;
export const BY_SOURCE = { _sourceId: 1, ...ORDER } as const;
export const BY_INDICATOR = { [INDICATORS_KEY]: 1, ...ORDER } as const;

/** On each collection of records. */
export const ORDERED_INDEXES: readonly IndexDescription[] = [
  { key: BY_TIME },
  { key: BY_SOURCE },
  { key: BY_INDICATOR },
];
