/**
 * What was printed last. What is stored while the stored ones are printed comes with the new ones again; as most of these are
 * printed last, it is among the last.
 */

/** About 10 MB. */
const MAX_KEPT = 100_000;

export class Recent {
  private readonly keys = new Set<string>();

  constructor(private readonly max = MAX_KEPT) {}

  add(key: string): void {
    this.keys.add(key);
    const [oldest] = this.keys.size > this.max ? this.keys : [];
    if (oldest !== undefined) this.keys.delete(oldest);
  }

  /** @returns whether it was there; it comes only once more. */
  take(key: string): boolean {
    return this.keys.delete(key);
  }
}
