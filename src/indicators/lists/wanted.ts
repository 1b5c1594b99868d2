/** An indicator that somebody looks for, and how it is looked up. */

import type { RangeKeys } from '../../domain/indicators/address-keys.js';
import type { IndicatorType } from '../../domain/indicators/indicator.js';

export interface WantedIndicator extends RangeKeys {
  /** As it was given. */
  readonly text: string;
  readonly type: IndicatorType;
}

/** Thrown for a text that is not understood; the message says why. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** Thrown for a list that is longer than it may be; the message says in which way. */
export class ListTooLong extends Error {
  override readonly name = 'ListTooLong';
}
