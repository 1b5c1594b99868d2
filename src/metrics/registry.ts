/** Counts in memory, for whoever reads it. */

import { Counter, collectDefaultMetrics, Histogram, Registry as Metrics } from 'prom-client';
import type { Definitions, Labels } from './definition.js';
import type { CounterName, HistogramName, LabelsOf, Observer } from './observer.js';

/** Upper bounds in seconds: from a write to a MongoDB nearby to one that is about to fail. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class Registry implements Observer {
  private readonly metrics = new Metrics();
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();

  /** @param definitions of counters and histograms. */
  constructor(definitions: Definitions) {
    const registers = [this.metrics];
    for (const [name, { kind, help, labels }] of Object.entries(definitions)) {
      const labelNames = Object.keys(labels);
      if (kind === 'counter') this.counters.set(name, new Counter({ name, help, labelNames, registers }));
      else this.histograms.set(name, new Histogram({ name, help, labelNames, registers, buckets: BUCKETS }));
      for (const known of combinations(labels)) this.begin(name, known);
    }
  }

  /** Adds what every program of Node can tell of its process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.metrics });
  }

  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    this.counters.get(name)?.inc({ ...labels }, by);
  }

  measure<N extends HistogramName>(name: N, labels: LabelsOf<N>, seconds: number): void {
    this.histograms.get(name)?.observe({ ...labels }, seconds);
  }

  expect<N extends CounterName | HistogramName>(name: N, labels: LabelsOf<N>): void {
    this.begin(name, { ...labels });
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.metrics.metrics();
  }

  private begin(name: string, labels: Labels): void {
    this.counters.get(name)?.inc(labels, 0);
    this.histograms.get(name)?.zero(labels);
  }
}

/** Every set of labels that their known values make; none when those of one label are not known. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (sets, [name, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
}
