/** Counts in memory, for whoever reads it. */

import { Counter } from './counter.js';
import type { Definitions, Family, Labels } from './definition.js';
import { Histogram } from './histogram.js';
import type { CounterName, HistogramName, LabelsOf, Observer } from './observer.js';

export class Registry implements Observer {
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();

  /** @param definitions of counters and histograms. */
  constructor(private readonly definitions: Definitions) {
    for (const [name, { kind, labels }] of Object.entries(definitions)) {
      const metric = kind === 'counter' ? new Counter() : new Histogram();
      if (metric instanceof Counter) this.counters.set(name, metric);
      else this.histograms.set(name, metric);
      for (const known of combinations(labels)) metric.expect(known);
    }
  }

  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    this.counters.get(name)?.add(labels, by);
  }

  measure<N extends HistogramName>(name: N, labels: LabelsOf<N>, seconds: number): void {
    this.histograms.get(name)?.add(labels, seconds);
  }

  expect<N extends CounterName | HistogramName>(name: N, labels: LabelsOf<N>): void {
    this.counters.get(name)?.expect(labels);
    this.histograms.get(name)?.expect(labels);
  }

  families(): Family[] {
    return Object.entries(this.definitions).map(([name, { kind, help }]) => {
      const metric = this.counters.get(name) ?? this.histograms.get(name);
      return { name, kind, help, samples: metric?.samples() ?? [] };
    });
  }
}

/** Every set of labels that their known values make; none when those of one label are not known. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (sets, [name, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value }))),
    [{}],
  );
}
