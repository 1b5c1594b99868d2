/** How long a search takes, and what MongoDB reads for it. */

import type { Collections } from '../src/store/collections.js';
import { databaseOf } from '../test/support/raw-collections.js';

export interface Cost {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly keys: number;
  readonly documents: number;
  /** Records that are returned. */
  readonly returned: number;
}

export function perReturned({ keys, documents, returned }: Cost): number {
  return (keys + documents) / returned;
}

/** A row of a table in Markdown. */
export function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function costCells(cost: Cost): string[] {
  const { keys, documents, returned, p50Ms, p99Ms } = cost;
  const ratio = returned === 0 ? '' : perReturned(cost).toFixed(1);
  return [String(keys), String(documents), ratio, `${p50Ms} ms`, `${p99Ms} ms`];
}

export async function costOf(
  collections: Collections,
  work: () => Promise<unknown>,
  rounds: number,
  returned: number,
): Promise<Cost> {
  const read = await reads(collections, work);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99), returned, ...read };
}

/** What MongoDB's profiler says that it has read. */
async function reads(collections: Collections, work: () => Promise<unknown>) {
  const db = databaseOf(collections);
  // As large as all that is told of long lists; by default, it forgets what is beyond one megabyte.
  await db.createCollection('system.profile', { capped: true, size: 512 * 1024 * 1024 });
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const all = await db
    .collection('system.profile')
    .find({ ns: /mimecast_/ })
    .toArray();
  await db.collection('system.profile').drop();
  const sum = (key: string) => all.reduce((total, one) => total + Number(one[key] ?? 0), 0);
  return { keys: sum('keysExamined'), documents: sum('docsExamined') };
}
