/**
 * `npm run bench -- s3 --objects N`: a bucket of many small objects. The worker's memory while it reads them and while nothing is
 * new, the requests that it makes, which are billed, and what is kept of each object. Whole processes, as in `npm start`.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { type CheckpointDocument, checkpointsOf } from '../src/store/checkpoints.js';
import { databaseOf } from '../test/support/raw-collections.js';
import { openStackServices, type StackServices } from '../test/support/stack-services.js';
import { residentMiB } from './recovery/processes.js';
import { FormulaBucket, type Listing } from './s3/formula-bucket.js';
import { type BenchStack, withStack } from './with-stack.js';

const POLL_SECONDS = 5;
/** So many polls are watched while nothing is new. */
const IDLE_LISTINGS = 3;
/** By default a source polls every five minutes. */
const POLLS_PER_HOUR = 12;
const SAMPLE_MS = 250;
/** The worker may not need more, in MiB, and the last quarter not much more than the first. */
const LIMIT_MIB = 400;
const GROWTH_LIMIT = 1.25;

interface Measured {
  readonly objects: number;
  readonly seconds: number;
  /** Highest resident memory of the worker, MiB, by quarters of the objects. */
  readonly quartersMiB: readonly number[];
  /** The same while nothing was new. */
  readonly idleMiB: number;
  /** All that were made to read the bucket, per object. */
  readonly requestsPerObject: number;
  /** Of a poll while nothing is new, and of the one in an hour that compares everything. */
  readonly requestsPerIdlePoll: number;
  readonly requestsPerComparison: number;
  readonly requestsPerIdleHour: number;
  readonly comparisonSeconds: number;
  /** Bytes of the store, indexes included, per object: as notes, and folded. */
  readonly noteBytes: number;
  readonly foldedBytes: number;
  readonly complete: boolean;
}

export const s3 = new Command('s3')
  .description('a bucket of many objects: memory, requests, and what is kept of each object')
  .option('--objects <n>', 'how many there are, of one record each', positiveNumber, 200_000)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ objects, json = false }: { readonly objects: number; readonly json?: boolean }) {
  const bucket = await FormulaBucket.open(objects);
  try {
    const measured = await withStack('s3', ['--rate', '0'], async (bench) => {
      const services = await openStackServices(bench.stack);
      try {
        return await new Watch(bench, services, bucket, objects).run();
      } finally {
        await services.close();
      }
    });
    const [first = 0, , , last = 0] = measured.quartersMiB;
    const most = Math.max(...measured.quartersMiB, measured.idleMiB);
    const good = measured.complete && most < LIMIT_MIB && last / first < GROWTH_LIMIT;
    console.log(json ? JSON.stringify({ good, ...measured }) : textOf(measured, good));
    if (!good) process.exitCode = EXIT.failed;
  } finally {
    bucket.close();
  }
}

class Watch {
  private readonly quarters = [0, 0, 0, 0];
  private noteBytes = 0;

  constructor(
    private readonly bench: BenchStack,
    private readonly services: StackServices,
    private readonly bucket: FormulaBucket,
    private readonly objects: number,
  ) {}

  async run(): Promise<Measured> {
    const { service, collections } = this.services;
    const { sourceId } = await service.start(fileOf(this.bucket.endpoint));
    const startedAt = Date.now();
    const checkpoint = async () => (await checkpointsOf(collections, sourceId))[0];
    for (let told = 0; !isCaughtUp(await checkpoint()); await pause(SAMPLE_MS)) {
      const stored = (await checkpoint())?.totals.stored ?? 0;
      const quarter = Math.min(3, Math.floor((4 * stored) / this.objects));
      this.quarters[quarter] = Math.max(this.quarters[quarter] ?? 0, this.workerMiB);
      if (Date.now() - told < 10_000) continue;
      told = Date.now();
      const notes = await this.stored('objects');
      if (notes.count > 0) this.noteBytes = notes.bytes / notes.count;
      const memory = this.quarters.map(Math.round).join(', ');
      this.bench.say(`${stored} of ${this.objects} objects read; worker ${memory} MiB by quarter`);
    }
    const seconds = (Date.now() - startedAt) / 1_000;
    const requests = this.bucket.listings.map(requestsOf).reduce((sum, each) => sum + each, 0);
    const { listings: idle } = await this.idleListings();
    // As an hour later, when everything is compared again.
    const checkpoints = databaseOf(collections).collection('checkpoints');
    await checkpoints.updateMany({ sourceId }, { $unset: { shortCut: true } });
    const { listings: full, mib: idleMiB } = await this.idleListings();
    const last = await checkpoint();
    const perPoll = Math.min(...idle.map(requestsOf));
    const [whole = full[0]] = full.toSorted((a, b) => b.pages - a.pages);
    if (whole === undefined) throw new Error('the bucket was not listed');
    return {
      ...{ objects: this.objects, seconds, quartersMiB: this.quarters, idleMiB },
      requestsPerObject: requests / this.objects,
      requestsPerIdlePoll: perPoll,
      requestsPerComparison: requestsOf(whole),
      requestsPerIdleHour: requestsOf(whole) + perPoll * (POLLS_PER_HOUR - 1),
      comparisonSeconds: ((whole.endedAt ?? Date.now()) - whole.begunAt) / 1_000,
      noteBytes: this.noteBytes,
      foldedBytes: (await this.stored('folded_objects')).bytes / this.objects,
      complete: last?.totals.stored === this.objects && last.objects?.read === this.objects,
    };
  }

  /** The next whole listings, and the worker's memory meanwhile. */
  private async idleListings(): Promise<{ readonly listings: readonly Listing[]; readonly mib: number }> {
    const before = this.bucket.listings.length;
    let mib = 0;
    for (; this.bucket.listings.length <= before + IDLE_LISTINGS; await pause(SAMPLE_MS)) {
      mib = Math.max(mib, this.workerMiB);
    }
    return { listings: this.bucket.listings.slice(before, before + IDLE_LISTINGS), mib };
  }

  private get workerMiB(): number {
    return residentMiB(this.bench.stack.workerPid());
  }

  /** How many documents a collection has, and their bytes with those of its indexes. */
  private async stored(name: string): Promise<{ readonly count: number; readonly bytes: number }> {
    const [stats] = await databaseOf(this.services.collections)
      .collection(name)
      .aggregate<{ readonly storageStats: { size: number; totalIndexSize: number; count: number } }>([
        { $collStats: { storageStats: {} } },
      ])
      .toArray();
    const { size = 0, totalIndexSize = 0, count = 0 } = stats?.storageStats ?? {};
    return { count, bytes: size + totalIndexSize };
  }
}

function requestsOf({ pages, objects }: Listing): number {
  return pages + objects;
}

function isCaughtUp(checkpoint: CheckpointDocument | undefined): boolean {
  return checkpoint?.objects !== undefined && checkpoint.listing === undefined;
}

function fileOf(endpoint: string) {
  const config = {
    ...{ name: 'Many objects', collectionMethod: 's3', dataCollection: ['siem'], siemTypes: ['receipt'] },
    pollInterval: `${POLL_SECONDS}s`,
    s3: { bucket: 'logs', region: 'us-east-1', endpoint, accessKeyId: 'key', secretAccessKey: 'secret of the bench' },
  };
  return { 'api.version': 'v1', source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } };
}

function textOf(measured: Measured, good: boolean): string {
  const { objects, seconds, quartersMiB, idleMiB, complete } = measured;
  const quarters = quartersMiB.map((mib) => mib.toFixed(0)).join(', ');
  return [
    `${objects} objects in ${seconds.toFixed(0)} s (${Math.round(objects / seconds)} per second), ${complete ? 'all read' : 'NOT all read'}`,
    `memory of the worker by quarter ${quarters} MiB, ${idleMiB.toFixed(0)} MiB while nothing is new (limit ${LIMIT_MIB})`,
    `requests: ${measured.requestsPerObject.toFixed(3)} per object; while nothing is new ${measured.requestsPerIdlePoll} per poll, ${measured.requestsPerComparison} for a comparison of everything, ${measured.requestsPerIdleHour} per hour of twelve polls`,
    `a comparison of everything takes ${measured.comparisonSeconds.toFixed(1)} s`,
    `kept per object: ${measured.noteBytes.toFixed(0)} bytes as a note, ${measured.foldedBytes.toFixed(1)} folded, indexes included`,
    good ? 'good' : 'NOT good',
  ].join('\n');
}
