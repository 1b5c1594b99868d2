/**
 * `GET /_simulator/truth`: which lines were served (or, with `scope=held`, could be), as SHA-256 and count, to compare a
 * collector's store with. The answer is written piece by piece: half a million hashes are no small thing.
 */
import { setImmediate as immediate } from 'node:timers/promises';
import { definitionOf, isSiemStream, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import type { Application } from '../protocol/applications.js';
import type { LogFile } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';
import { type Ledger, sha256 } from './ledger.js';

export interface TruthRequest {
  /** `held`: all lines there are; `served`: those that were sent so far. */
  readonly scope: 'held' | 'served';
  /** Only the numbers. */
  readonly totals: boolean;
}

type Counts = Map<string, number>;

function add(counts: Counts, hash: string): void {
  counts.set(hash, (counts.get(hash) ?? 0) + 1);
}

/** Files that can still be fetched. */
function heldFiles(tenant: TenantWorld, stream: StreamName, now: number): Iterable<LogFile> {
  if (!isSiemStream(stream)) return [];
  return tenant.files(tenant.positionAt(tenant.retainedFrom(now)), new Set([stream]), now);
}

function heldLines(tenant: TenantWorld, stream: StreamName, now: number): number {
  if (!isSiemStream(stream)) return tenant.records(stream, 0, now, now).length;
  let lines = 0;
  for (const file of heldFiles(tenant, stream, now)) lines += file.lines;
  return lines;
}

/** Hashes of one file's or one list's lines at a time; equal lines are never in two of them. */
async function* countedLines(
  tenant: TenantWorld,
  stream: StreamName,
  ledger: Ledger,
  scope: TruthRequest['scope'],
  now: number,
): AsyncIterable<Counts> {
  const served = ledger.of(tenant.accountId, stream);
  const files = scope === 'held' ? heldFiles(tenant, stream, now) : served.files.values();
  for (const file of files) {
    const counts: Counts = new Map();
    for (const line of await tenant.lines(file, 'batch')) add(counts, sha256(line));
    await immediate(); // Other requests get their turn between two files.
    yield counts;
  }
  const records: Counts = new Map();
  if (scope === 'served') {
    for (const hash of served.records.values()) add(records, hash);
  } else if (!isSiemStream(stream)) {
    for (const entry of tenant.records(stream, 0, now, now)) add(records, sha256(entry.text()));
  }
  yield records;
}

/** The answer's JSON in pieces. */
export async function* truth(
  applications: readonly Application[],
  ledger: Ledger,
  request: TruthRequest,
  now: number,
): AsyncIterable<string> {
  yield '{"tenants":{';
  for (const [at, { world, clientId }] of applications.entries()) {
    yield `${at > 0 ? ',' : ''}${JSON.stringify(world.accountId)}:{"clientId":${JSON.stringify(clientId)},"streams":{`;
    for (const [number, stream] of STREAMS.entries()) {
      const { fileLines, records } = ledger.of(world.accountId, stream);
      const collection = JSON.stringify(definitionOf(stream).collection);
      const totals = `"held":{"lines":${heldLines(world, stream, now)}},"served":{"lines":${fileLines + records.size}}`;
      yield `${number > 0 ? ',' : ''}${JSON.stringify(stream)}:{"collection":${collection},${totals}`;
      if (!request.totals) {
        yield ',"lines":[';
        let comma = '';
        for await (const counts of countedLines(world, stream, ledger, request.scope, now)) {
          if (counts.size === 0) continue;
          yield `${comma}${JSON.stringify([...counts]).slice(1, -1)}`;
          comma = ',';
        }
        yield ']';
      }
      yield '}';
    }
    yield '}}';
  }
  yield '}}';
}
