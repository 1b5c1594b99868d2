/** What is known of a metric before anything is counted. */

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Names of its labels, with the values that are exported as 0 from the start. None where they are known only later. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export type Definitions = Readonly<Record<string, MetricDefinition>>;
export type Labels = Readonly<Record<string, string>>;

/** One line of a metric, `suffix` behind its name. */
export interface Sample {
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A metric as it is exported. */
export interface Family extends Pick<MetricDefinition, 'kind' | 'help'> {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** Of metrics that are read when they are asked for, by their names. */
export type Samples<D extends Definitions> = Readonly<Record<keyof D & string, readonly Sample[]>>;

export function familiesOf<D extends Definitions>(definitions: D, samples: Samples<D>): Family[] {
  return Object.entries(definitions).map(([name, { kind, help }]) => ({
    ...{ name, kind, help },
    samples: samples[name] ?? [],
  }));
}
