/** An indicator that somebody looks for, and how it is looked up. */

import type { RangeKeys } from '../../domain/indicators/address-keys.js';
import type { IndicatorType } from '../../domain/indicators/indicator.js';

export interface WantedIndicator extends RangeKeys {
  /** As it was given. */
  readonly text: string;
  readonly type: IndicatorType;
}

/** Whether a record that has one of the keys is a hit. @param indicators of the record. */
export function isWithin({ between }: Pick<WantedIndicator, 'between'>, indicators: readonly string[]): boolean {
  return between === undefined || indicators.some((key) => key >= between.from && key <= between.to);
}

/** Thrown for a text that is not understood; the message says why. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}
