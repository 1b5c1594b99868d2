/** What code that does something worth counting is given. */

import type { Definitions } from './definition.js';
import type { SERVER_METRICS } from './server-metrics.js';
import type { WORKER_METRICS } from './worker-metrics.js';

type Counted = typeof WORKER_METRICS & typeof SERVER_METRICS;
type NamesOf<D extends Definitions, K> = { [N in keyof D]: D[N]['kind'] extends K ? N : never }[keyof D];

export type CounterName = NamesOf<Counted, 'counter'>;
export type HistogramName = NamesOf<Counted, 'histogram'>;
export type LabelsOf<N extends keyof Counted> = { readonly [L in keyof Counted[N]['labels']]: string };

export interface Observer {
  /** @param by default 1 */
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  measure<N extends HistogramName>(name: N, labels: LabelsOf<N>, seconds: number): void;
  /** Exports a series as 0 before anything has happened. */
  expect<N extends CounterName | HistogramName>(name: N, labels: LabelsOf<N>): void;
}

/** Of a program that exports nothing. */
export const NO_OBSERVER: Observer = {
  count: () => undefined,
  measure: () => undefined,
  expect: () => undefined,
};
