/** Sources read and write buckets while the faults of a schedule strike, and are then held against what is in the buckets. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '../../../support/random.js';
import { raw } from '../../../support/raw-collections.js';
import { countStored, type Records, sizes, truthOf } from '../../../support/simulator-control.js';
import { until } from '../../../support/until.js';
import { lastingUntruths, unhandledIn } from '../evidence.js';
import { Injector } from '../injector.js';
import type { RunResult } from '../result.js';
import type { ScheduledFault } from '../schedule.js';
import { settled } from '../settling.js';
import type { Evidence } from '../state-check.js';
import { APPLICATION, type UnderFaults } from '../under-faults.js';
import { judge, type StreamVerdict, totalOf } from '../verdict.js';
import type { BucketServers } from './bucket-servers.js';
import { SOURCES, type SourceName, sourceFiles } from './bucket-sources.js';
import { contentsOf, storedBy, unequalStores } from './contents.js';
import { BucketWriter } from './writer.js';

export interface UnderBucketFaults extends UnderFaults {
  readonly seed: number;
  /** That lie in the bucket at the start. */
  readonly objects: number;
  /** Of the schedule, in milliseconds. */
  readonly durationMs: number;
  /** Whether a restart asks for a comparison at the end, so that nobody waits for the next one. */
  readonly isHurried: boolean;
}

type End = Omit<RunResult, 'seed' | 'seconds' | 'kept'>;
type Ids = Readonly<Record<SourceName, number>>;

/** A source that is at rest learns so late of what no notification told it, or of what another one has yet to export. */
const REST_MS = 100_000;
const AT_WORK_MS = 120_000;
/** What is wrong with an object is told within a poll or two. */
const TOLD_WITHIN_MS = 30_000;

export async function collectUnderBucketFaults(run: UnderBucketFaults): Promise<End> {
  const { buckets } = run.stack;
  if (buckets === undefined) throw new Error('the stack has no buckets');
  return new BucketRun(run, buckets).carryOut();
}

class BucketRun {
  private readonly writer: BucketWriter;

  constructor(
    private readonly run: UnderBucketFaults,
    private readonly buckets: BucketServers,
  ) {
    const random = new SeededRandom(run.seed);
    this.writer = new BucketWriter({ bucket: buckets.logs, queue: buckets.queue, gate: buckets.gates.s3, random });
  }

  async carryOut(): Promise<End> {
    const { stack, service, schedule, say } = this.run;
    await this.writer.fill(this.run.objects);
    say(`${this.run.objects} objects lie in the bucket`);
    const ids = await this.startSources();
    await this.atWork(ids);
    const injector = new Injector({
      stack,
      restartSource: () => Promise.all(SOURCES.map((name) => service.restart(String(ids[name])))),
      changeBucket: ({ kind, objects }) => this.writer.strike(kind, objects),
      onFault: say,
    });
    await this.strike(injector, schedule);
    await stack.freezeTraffic();
    await this.writer.finish();
    await this.hurry(ids);
    const calmAt = performance.now();
    say('the faults are over and the traffic has ended');

    const stuck = await this.settle(ids);
    const recoverySeconds = Math.round((performance.now() - calmAt) / 1_000);
    say(stuck === undefined ? 'the sources are at rest' : `stuck: ${stuck}`);
    const untold = stuck === undefined ? await this.untold(ids) : [];
    const again = stuck === undefined ? await this.settle(ids) : stuck;
    injector.conclude();
    if (injector.missed.length > 0) say(`without effect: ${injector.missed.join(', ')}`);
    return {
      ...(await this.compared(ids, again, untold)),
      faults: injector.struck,
      missed: injector.missed,
      recoverySeconds,
    };
  }

  /** After a restart, a bucket is compared at once. */
  private async hurry({ queued }: Ids): Promise<void> {
    if (this.run.isHurried) await this.run.service.restart(String(queued));
  }

  private async startSources(): Promise<Ids> {
    const files = sourceFiles(this.run.stack, this.buckets, APPLICATION);
    const ids: [SourceName, number][] = [];
    for (const name of SOURCES) ids.push([name, (await this.run.service.start(files[name])).sourceId]);
    return Object.fromEntries(ids) as Record<SourceName, number>;
  }

  /** Faults strike sources that are at work: a short schedule would be over before. */
  private async atWork(ids: Ids): Promise<void> {
    const first = [ids.compares, ids.queued, ids.exports];
    const stored = () => Promise.all(first.map((id) => countStored(this.run.collections, id)));
    await until(stored, (counts) => counts.every((count) => count > 0), { limitMs: AT_WORK_MS, everyMs: 100 });
  }

  private async strike(injector: Injector, schedule: readonly ScheduledFault[]): Promise<void> {
    await Promise.all([injector.run(schedule), this.writer.traffic(this.run.durationMs)]);
  }

  private truthOf(name: SourceName): Promise<Records> | Records {
    if (name === 'compares' || name === 'queued') return this.writer.required.records;
    return truthOf({ url: this.run.stack.simulatorUrl() });
  }

  /** @returns which of them do not come to rest, and why. */
  private async settle(ids: Ids): Promise<string | undefined> {
    const { collections, folder } = this.run;
    const rests = await Promise.all(
      SOURCES.map(async (name) => {
        const lost = async () =>
          totalOf(judge(await this.truthOf(name), await storedBy(collections, ids[name])), 'lost');
        const isComplete = async () => (await lost()) === 0;
        const say = (text: string) => this.run.say(`${name}: ${text}`);
        const { status, stuck } = await settled({
          ...this.run,
          id: String(ids[name]),
          isComplete,
          restMs: REST_MS,
          say,
        });
        if (stuck === undefined) return [];
        writeFileSync(join(folder, `status-${name}.json`), JSON.stringify(status, null, 2));
        return [`${name}: ${stuck}`];
      }),
    );
    return rests.flat().join('; ') || undefined;
  }

  /** What has to be told, and is not. Only in the calm: a worker that is killed forgets what it was about to tell. */
  private async untold(ids: Ids): Promise<string[]> {
    const store = raw(this.run.collections);
    const of = { sourceId: ids.compares };
    const key = await this.writer.writeVanishing();
    const { text, mend } = await this.writer.writeBroken();
    const untold = await Promise.all([
      // By whichever of them asked first; to the other one it has never been there.
      told(`${key} was deleted while it was asked for, and no gap tells of it`, async () =>
        (await store.gaps.find({ sourceId: { $in: [ids.compares, ids.queued] } }).toArray()).some(({ reason }) =>
          reason.includes(key),
        ),
      ),
      told(
        'a line that is broken is not in quarantine',
        async () => (await store.quarantine.countDocuments({ ...of, text })) > 0,
      ),
    ]);
    // Nobody announces that: a comparison finds it.
    await mend();
    await this.hurry(ids);
    return untold.flat();
  }

  private async compared(ids: Ids, stuck: string | undefined, untold: readonly string[]) {
    const { collections, service, stack } = this.run;
    const [written, exported] = await Promise.all(
      [this.buckets.logs, this.buckets.exported].map(({ name }) => contentsOf(this.buckets.client, name)),
    );
    if (written === undefined || exported === undefined) throw new Error('both buckets were read');
    const truth = await truthOf({ url: stack.simulatorUrl() });
    const streams: StreamVerdict[] = [
      ...named('the bucket as it was written', judge(this.writer.required.records, written.records)),
      ...named('the bucket that was exported', judge(truth, exported.records)),
    ];
    const untruths: string[] = [];
    const quarantined: string[] = [];
    let malformed = 0;
    for (const name of SOURCES) {
      const stored = await storedBy(collections, ids[name]);
      const isOfWriter = name === 'compares' || name === 'queued';
      const allowed = isOfWriter ? this.writer.allowed.records : truth;
      streams.push(...named(name, judge(await this.truthOf(name), stored, allowed)));
      const counts = sizes(stored) as Evidence['stored'];
      const isExpected = (reason: string) => [...this.writer.deleted].some((key) => reason.includes(key));
      const untrue =
        stuck === undefined ? await lastingUntruths(service, collections, ids[name], counts, isExpected) : [];
      untruths.push(...untrue.map((text) => `${name}: ${text}`));
      const entries = await raw(collections).quarantine.find({ sourceId: ids[name] }).toArray();
      const strays = entries.filter(({ text = '' }) => !this.writer.broken.has(text));
      malformed += entries.length - strays.length;
      quarantined.push(...strays.map(({ reason, place }) => `${name}: ${reason} at ${place}`));
    }
    untruths.push(...(stuck === undefined ? await this.untrueExport(ids.exports, exported.lines) : []));
    const unequal = await unequalStores(collections, ids.exports, ids.returns);
    return {
      records: totalOf(streams, 'truth'),
      lost: totalOf(streams, 'lost'),
      twice: totalOf(streams, 'twice'),
      foreign: totalOf(streams, 'foreign'),
      ...(stuck === undefined ? {} : { stuck }),
      malformed,
      wronglyQuarantined: quarantined,
      miscounted: [],
      unequal: [...unequal, ...untold],
      untruths,
      unhandled: stack.workerLogs.flatMap(unhandledIn),
      selfEnds: stack.selfEnds,
      streams,
    };
  }

  private async untrueExport(sourceId: number, lines: number): Promise<string[]> {
    const { export: told } = await this.run.service.status(String(sourceId));
    const wrong = [
      ...(told?.records === lines ? [] : [`records of the export: said ${told?.records}, is ${lines}`]),
      ...(told?.state === 'Exporting' ? [] : [`state of the export: said ${told?.state}, is Exporting`]),
    ];
    return wrong;
  }
}

function named(of: string, verdicts: readonly StreamVerdict[]): StreamVerdict[] {
  return verdicts.map((verdict) => ({ of, ...verdict }));
}

async function told(otherwise: string, isTold: () => Promise<boolean>): Promise<string[]> {
  const seen = until(isTold, Boolean, { limitMs: TOLD_WITHIN_MS, everyMs: 200 });
  return seen.then(
    () => [],
    () => [otherwise],
  );
}
