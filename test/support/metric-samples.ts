/** What a text of Prometheus' format says of one metric. */

export interface MetricSample {
  /** Behind the metric's name: `_count`, `_sum`, `_bucket`, or nothing. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function metricSamples(of: { text(): Promise<string> }, name: string): Promise<MetricSample[]> {
  return (await of.text()).split('\n').flatMap((line) => {
    const [, named = '', suffix = '', labels = '', value] =
      /^([a-z_]+?)(_count|_sum|_bucket)?(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (named !== name || value === undefined) return [];
    const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
    return [{ suffix, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** Those that are above 0, by the values of their labels. */
export async function countedBy(of: { text(): Promise<string> }, name: string): Promise<Record<string, number>> {
  const counted = (await metricSamples(of, name)).filter(({ value, suffix }) => value > 0 && suffix === '');
  return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}
