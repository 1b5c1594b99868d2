/** How often each record is there, by stream, while it is being counted. */

import { createHash } from 'node:crypto';
import { STREAMS, type StreamName } from '../../../../src/domain/streams/streams.js';
import type { Records } from '../../../support/simulator-control.js';

/** As the simulator's truth names records: by their JSON. */
export function hashOf(json: string): string {
  return createHash('sha256').update(json).digest('hex');
}

export class Tally {
  private readonly counts = new Map<StreamName, Record<string, number>>(STREAMS.map((stream) => [stream, {}]));

  add(stream: StreamName, hash: string, count: number): void {
    const counts = this.of(stream);
    const sum = (counts[hash] ?? 0) + count;
    if (sum > 0) counts[hash] = sum;
    else delete counts[hash];
  }

  /** Of several places that hold the same record, the one that holds it most often counts. */
  atLeast(stream: StreamName, hash: string, count: number): void {
    const counts = this.of(stream);
    counts[hash] = Math.max(counts[hash] ?? 0, count);
  }

  get records(): Records {
    return Object.fromEntries(this.counts) as Records;
  }

  private of(stream: StreamName): Record<string, number> {
    const counts = this.counts.get(stream);
    if (counts === undefined) throw new Error(`no stream is called ${stream}`);
    return counts;
  }
}
