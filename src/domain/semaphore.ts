/** Work of which only so much may be done at a time; the rest waits for its turn, first come, first served. */

export class Semaphore {
  private readonly queue: (() => void)[] = [];
  private free: number;

  /** @param most how many at a time. */
  constructor(most: number) {
    this.free = most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Does the work when it is its turn. @throws what the work throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
