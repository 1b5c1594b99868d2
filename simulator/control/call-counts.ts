/** How often each endpoint was called and how it answered; lets a test see how chatty a collector is. */

interface Count {
  calls: number;
  readonly byStatus: Record<string, number>;
}

export class CallCounts {
  readonly #counts = new Map<string, Count>();

  /** @param status what was sent, or `none` for a request that never got an answer. */
  add(endpoint: string, status: number | 'none'): void {
    const count = this.#counts.get(endpoint) ?? { calls: 0, byStatus: {} };
    this.#counts.set(endpoint, count);
    count.calls += 1;
    count.byStatus[status] = (count.byStatus[status] ?? 0) + 1;
  }

  list(): Readonly<Record<string, Count>> {
    return Object.fromEntries(this.#counts);
  }
}
