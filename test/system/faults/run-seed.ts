/** One run of the suite: a stack of its own in a folder of its own, its schedule, and its result. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { connectTemporal } from '../../../src/management/temporal/temporal-client.js';
import { type Collections, collectionsOf } from '../../../src/store/collections.js';
import { openDatabase } from '../../../src/store/database.js';
import { testKeyring } from '../../support/test-keyring.js';
import { BUCKET_FAULTS } from './buckets/bucket-faults.js';
import { collectUnderBucketFaults } from './buckets/under-bucket-faults.js';
import { API_FAULTS } from './fault-makers.js';
import { DATABASE, type FaultStack, startFaultStack } from './fault-stack.js';
import { isGood, notRun, type RunResult } from './result.js';
import { scheduleOf } from './schedule.js';
import { collectUnderFaults } from './under-faults.js';

export interface RunOptions {
  readonly seed: number;
  /** About how many records there are: three fifths of them from the start, the others while faults strike. */
  readonly records: number;
  /** Length of the schedule in milliseconds. */
  readonly durationMs: number;
  /** Milliseconds after the end of the faults in which the source must come to rest. */
  readonly limitMs: number;
  /** Runs sources that read and write buckets, one of which holds so many objects at the start. Default: one that reads the API. */
  readonly buckets?: {
    readonly objects: number;
    /** Default false: what no notification tells of is found when the next comparison is due, a minute later. */
    readonly isHurried?: boolean;
  };
  /** Told what happens. */
  readonly say: (text: string) => void;
  /** Ends the run early. Default: nothing does. */
  readonly signal?: AbortSignal;
}

const HISTORY_MINUTES = 240;
/** What sources that read and write buckets take until they are at work, more or less. */
const TO_WORK_MS = 30_000;

/**
 * A run that could not be carried through counts as one that failed.
 *
 * @throws the reason of `signal` once that is aborted; then nothing is kept.
 */
export async function runSeed(options: RunOptions): Promise<RunResult> {
  const { seed, signal } = options;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const folder = mkdtempSync(join(tmpdir(), `mimecast-faults-${seed}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 8, retryDelay: 100 });
  const say = (text: string) => options.say(`${seconds().toFixed(1).padStart(6)} s  ${text}`);
  const end = await throughStack(options, folder, say).catch((error: Error) => notRun(error));
  if (signal?.aborted) {
    remove();
    throw signal.reason;
  }
  const result = { ...end, seed, seconds: Math.round(seconds()) };
  if (!isGood(result)) return { ...result, kept: folder };
  remove();
  return result;
}

async function throughStack(
  options: RunOptions,
  folder: string,
  say: (text: string) => void,
): Promise<Omit<RunResult, 'seed' | 'seconds' | 'kept'>> {
  const { seed, durationMs, limitMs, buckets, signal } = options;
  const schedule = scheduleOf(seed, durationMs, buckets === undefined ? API_FAULTS : BUCKET_FAULTS);
  const versioned = schedule.some(({ fault }) => fault.kind === 'upgrade');
  const simulatorArguments = trafficOf(options);
  const withBuckets = buckets !== undefined;
  const stack = await startFaultStack({ folder, simulatorArguments, versioned, withBuckets, onNotice: say });
  try {
    const collecting = withService(stack, (service, collections) => {
      const run = { stack, service, collections, schedule, folder, limitMs, say };
      if (buckets === undefined) return collectUnderFaults(run);
      const { objects, isHurried = false } = buckets;
      return collectUnderBucketFaults({ ...run, seed, objects, isHurried, durationMs });
    });
    return await Promise.race([collecting, aborted(signal)]);
  } finally {
    await stack.stop();
  }
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function trafficOf({ seed, records, durationMs, buckets }: RunOptions): string[] {
  // With buckets the faults begin once the sources are at work, and mail flows from the start.
  const flowMs = durationMs + (buckets === undefined ? 0 : TO_WORK_MS);
  const perMinute = (share: number, minutes: number) => String(Math.ceil((records * share) / minutes));
  return [
    ...['--seed', String(seed), '--history', `${HISTORY_MINUTES}m`, '--history-file-interval', '10m'],
    ...['--history-rate', perMinute(0.6, HISTORY_MINUTES)],
    // More than two fifths: while the simulator is down, no mail flows.
    ...['--rate', perMinute(0.5, flowMs / 60_000), '--publish-delay', '2s'],
    ...['--file-interval', buckets === undefined ? '1s' : '3s'],
  ];
}

async function withService<T>(
  { mongodbUri, temporalAddress }: FaultStack,
  work: (service: SourceService, collections: Collections) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ uri: mongodbUri, name: DATABASE });
  const temporal = await connectTemporal({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: 'default' });
  try {
    const collections = collectionsOf(database);
    const { client } = temporal;
    return await work(
      new SourceService({ collections, client, allowInsecure: true, keyring: testKeyring }),
      collections,
    );
  } finally {
    await temporal.close();
    await database.close();
  }
}
