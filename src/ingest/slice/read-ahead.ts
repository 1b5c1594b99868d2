/** Reads on while what was read is stored. */

import { setTimeout as pause } from 'node:timers/promises';

/**
 * The items of a generator, each asked for while the one before it is used: decoding a batch takes as long as storing one. No
 * more than one item waits, so the store still sets the pace down to the socket.
 */
export class ReadAhead<T> {
  private next: Promise<IteratorResult<T, void>>;

  /** Begins at once. @param onEnd hears that nothing more is read, while the last item is still used. */
  constructor(
    private readonly items: AsyncGenerator<T, void, undefined>,
    private readonly onEnd: () => void = () => undefined,
  ) {
    this.next = this.pull();
  }

  /** To be iterated once. An error is thrown after the items that came before it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const { done, value } = await this.next;
        if (done === true) return;
        this.next = this.pull();
        yield value;
      }
    } finally {
      this.discard();
    }
  }

  /** Whether the next item, or the end, is there within a time; false too for an error. */
  async isReadyWithin(ms: number): Promise<boolean> {
    const late = new AbortController();
    try {
      return await Promise.race([
        this.next.then(
          () => true,
          () => false,
        ),
        pause(ms, false, { signal: late.signal }),
      ]);
    } finally {
      late.abort();
    }
  }

  /** Ends the reading, without waiting for what is on its way. */
  discard(): void {
    this.items.return().catch(() => undefined);
  }

  private pull(): Promise<IteratorResult<T, void>> {
    const next = this.items.next();
    // Whoever iterates gets the error; nobody does when the item before it could not be stored.
    next.then(
      ({ done }) => done === true && this.onEnd(),
      () => undefined,
    );
    return next;
  }
}
