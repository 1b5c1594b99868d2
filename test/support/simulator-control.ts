/** The simulator's control paths, and the comparison of the store with its truth. */

import { createHash } from 'node:crypto';
import type { Simulator } from '../../simulator/simulator.js';
import { STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { vendorRecordOf } from '../../src/records/document.js';
import type { Collections } from '../../src/store/collections.js';
import { raw } from './raw-collections.js';

/** How often each record, by the SHA-256 of its JSON, is there. */
export type Multiset = Readonly<Record<string, number>>;
export type Records = Readonly<Record<StreamName, Multiset>>;

interface TruthAnswer {
  readonly tenants: Readonly<
    Record<
      string,
      {
        readonly clientId: string;
        readonly streams: Readonly<Record<string, { readonly lines: readonly (readonly [string, number])[] }>>;
      }
    >
  >;
}

/** All that the simulator's first tenant holds. */
export async function truthOf(simulator: Pick<Simulator, 'url'>): Promise<Records> {
  const answer = await fetch(`${simulator.url}/_simulator/truth?scope=held`);
  const { tenants } = (await answer.json()) as TruthAnswer;
  const tenant = Object.values(tenants).find(({ clientId }) => clientId === 'sim-client-1');
  if (tenant === undefined) throw new Error('the simulator has no first tenant');
  return recordsBy((stream) => {
    const counts: Record<string, number> = {};
    for (const [hash, count] of tenant.streams[stream]?.lines ?? []) counts[hash] = (counts[hash] ?? 0) + count;
    return counts;
  });
}

/** All that is stored of a source. */
export async function storedOf(collections: Collections, sourceId: number): Promise<Records> {
  const entries = await Promise.all(
    STREAMS.map(async (stream) => {
      const counts: Record<string, number> = {};
      for await (const document of raw(collections).records(stream).find({ _sourceId: sourceId })) {
        const hash = createHash('sha256')
          .update(JSON.stringify(vendorRecordOf(document)))
          .digest('hex');
        counts[hash] = (counts[hash] ?? 0) + 1;
      }
      return [stream, counts] as const;
    }),
  );
  const all = new Map<StreamName, Multiset>(entries);
  return recordsBy((stream) => all.get(stream) ?? {});
}

function recordsBy(of: (stream: StreamName) => Multiset): Records {
  return Object.fromEntries(STREAMS.map((stream) => [stream, of(stream)])) as Records;
}

/** Number of records per stream. */
export function sizes(records: Records): Record<string, number> {
  return Object.fromEntries(
    Object.entries(records).map(([stream, counts]) => [stream, Object.values(counts).reduce((a, b) => a + b, 0)]),
  );
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** How many records of a source are stored, over all streams. */
export async function countStored(collections: Collections, sourceId: number): Promise<number> {
  const counts = await Promise.all(
    STREAMS.map((stream) => raw(collections).records(stream).countDocuments({ _sourceId: sourceId })),
  );
  return counts.reduce((a, b) => a + b, 0);
}

export interface CallCount {
  readonly calls: number;
  readonly byStatus: Readonly<Record<string, number>>;
}

/** How often each endpoint was called so far. */
export async function callsOf(simulator: Simulator): Promise<Readonly<Record<string, CallCount>>> {
  const answer = await fetch(`${simulator.url}/_simulator/calls`);
  return ((await answer.json()) as { calls: Record<string, CallCount> }).calls;
}

/** Changes the first tenant's application: its secret, or what it is denied. */
export async function changeTenant(simulator: Simulator, change: Readonly<Record<string, unknown>>): Promise<void> {
  const [tenant] = simulator.tenants;
  const path = `/_simulator/tenants/${tenant?.accountId}`;
  const answer = await fetch(`${simulator.url}${path}`, { method: 'PATCH', body: JSON.stringify(change) });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** Posts a fault. */
export async function addFault(simulator: Simulator, fault: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${simulator.url}/_simulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** Lets all faults be over. */
export async function clearFaults(simulator: Simulator): Promise<void> {
  await fetch(`${simulator.url}/_simulator/faults`, { method: 'DELETE' });
}
