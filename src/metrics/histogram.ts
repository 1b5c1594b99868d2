import type { Labels, Sample } from './definition.js';

/** Upper bounds in seconds: from a write to a MongoDB nearby to one that is about to fail. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

interface Series {
  readonly labels: Labels;
  /** Per bound, values that are no greater than it and greater than the one before. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** How often something took how long, per set of labels. */
export class Histogram {
  private readonly series = new Map<string, Series>();

  add(labels: Labels, seconds: number): void {
    const series = this.seriesOf(labels);
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.count += 1;
    series.sum += seconds;
  }

  expect(labels: Labels): void {
    this.seriesOf(labels);
  }

  samples(): Sample[] {
    return [...this.series.values()].flatMap(({ labels, counts, count, sum }) => {
      let below = 0;
      const buckets = BOUNDS.map((bound, at) => {
        below += counts[at] ?? 0;
        return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below };
      });
      return [
        ...buckets,
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ];
    });
  }

  private seriesOf(labels: Labels): Series {
    const key = Object.values(labels).join('\0');
    const known = this.series.get(key);
    if (known !== undefined) return known;
    const begun: Series = { labels: { ...labels }, counts: BOUNDS.map(() => 0), count: 0, sum: 0 };
    this.series.set(key, begun);
    return begun;
  }
}
