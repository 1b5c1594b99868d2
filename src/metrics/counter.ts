import type { Labels, Sample } from './definition.js';

/** A number per set of labels, which only grows. */
export class Counter {
  private readonly series = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels, by: number): void {
    const key = Object.values(labels).join('\0');
    const known = this.series.get(key);
    if (known === undefined) this.series.set(key, { labels: { ...labels }, value: by });
    else known.value += by;
  }

  expect(labels: Labels): void {
    this.add(labels, 0);
  }

  samples(): Sample[] {
    return [...this.series.values()].map(({ labels, value }) => ({ labels, value }));
  }
}
