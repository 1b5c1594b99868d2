import type { StreamStatus } from '../src/domain/lifecycle/snapshot.js';

/** Measures records per second and stream between two looks. */
export class Rates {
  private before: { readonly at: number; readonly stored: ReadonlyMap<string, number> } | undefined;

  /** Rates since the look before; empty at the first. */
  measure(streams: readonly StreamStatus[], now: number): ReadonlyMap<string, number> {
    const stored = new Map(streams.map((status) => [status.stream as string, status.stored]));
    const { before } = this;
    this.before = { at: now, stored };
    if (before === undefined) return new Map();
    const seconds = Math.max(0.001, (now - before.at) / 1000);
    return new Map(
      [...stored].map(([stream, value]) => [
        stream,
        Math.max(0, value - (before.stored.get(stream) ?? value)) / seconds,
      ]),
    );
  }
}
