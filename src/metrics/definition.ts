/** What is known of a metric before anything is counted. */

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Names of its labels, with the values that are exported as 0 from the start. None where they are known only later. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export type Definitions = Readonly<Record<string, MetricDefinition>>;
export type Labels = Record<string, string>;

/** One line of a gauge. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A gauge as it is exported. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly samples: readonly Sample[];
}

/** Of gauges that are read when they are asked for, by their names. */
export type Samples<D extends Definitions> = Readonly<Record<keyof D & string, readonly Sample[]>>;

export function familiesOf<D extends Definitions>(definitions: D, samples: Samples<D>): Family[] {
  return Object.entries(definitions).map(([name, { help, labels }]) => ({
    ...{ name, help, labelNames: Object.keys(labels) },
    samples: samples[name] ?? [],
  }));
}
