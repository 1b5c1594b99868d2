/** The whole world: all tenants over all segments of time, kept in a folder if asked for. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GivenRecords } from './given/given-records.js';
import { findInput, fingerprint } from './given/input.js';
import { SimulatorOptionError, type SimulatorSettings } from './options/options.js';
import { recentMail } from './world/bucket-mail.js';
import { GeneratedMail } from './world/generated-mail.js';
import { historySegment, planSegments, type Segment, type SegmentPlan } from './world/segments.js';
import { TenantWorld } from './world/tenant-world.js';
import { loadWorld, type StoredWorld, saveWorld } from './world-file.js';

/**
 * The stored end of live traffic runs ahead of the clock by this much and is renewed more often, so that a crash never
 * takes back what was already shown.
 */
const LEASE_MS = 6000;
const SAVE_EVERY_MS = 2000;

export class World {
  readonly tenants: readonly TenantWorld[];
  readonly #settings: SimulatorSettings;
  readonly #stored: StoredWorld;
  readonly #plans: readonly SegmentPlan[];
  readonly #tempFolder: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    settings: SimulatorSettings,
    stored: StoredWorld,
    plans: readonly SegmentPlan[],
    given: GivenRecords | undefined,
    tempFolder: string | undefined,
  ) {
    this.#settings = settings;
    this.#stored = stored;
    this.#plans = plans;
    this.#tempFolder = tempFolder;
    const recent = recentMail();
    this.tenants = Array.from({ length: stored.tenants }, (_, at) => {
      const accountId = `C0A${at + 1}`;
      const mail = new GeneratedMail(stored.seed, at + 1, accountId, plans, recent);
      return new TenantWorld(at + 1, accountId, mail, at === 0 ? given : undefined, settings.releaseAfterMs);
    });
    this.#save(LEASE_MS);
    if (settings.data !== undefined && isLive(settings)) {
      this.#timer = setInterval(() => this.#save(LEASE_MS), SAVE_EVERY_MS).unref();
    }
  }

  /** @throws SimulatorOptionError if the folder keeps another world, or given records can't be used. */
  static async open(settings: SimulatorSettings): Promise<World> {
    const now = settings.clock();
    const mistakes: string[] = [];
    const input = settings.records === undefined ? [] : findInput(settings.records, mistakes);
    if (mistakes.length > 0) throw new SimulatorOptionError(mistakes);
    const records = settings.records === undefined ? null : fingerprint(input);
    const stored = settings.data === undefined ? undefined : loadWorld(settings.data);
    if (stored) refuseAnother(stored, settings, records);
    const world = stored ?? newWorld(settings, now, records);
    const plans = planSegments([...world.segments, ...liveSegment(world.segments, settings, now)]);
    if (settings.records === undefined) return new World(settings, world, plans, undefined, undefined);

    const folder = tempFolderOf(settings);
    const options = { folder, anchor: world.anchor, linesPerFile: settings.linesPerFile };
    const given = await GivenRecords.read(input, options, mistakes);
    if (mistakes.length > 0) {
      rmSync(folder, { recursive: true, force: true });
      throw new SimulatorOptionError(mistakes);
    }
    return new World(settings, world, plans, given, folder);
  }

  /** Ends live traffic and keeps the world as it is at this moment. */
  close(): void {
    clearInterval(this.#timer);
    const now = this.#settings.clock();
    for (const plan of this.#plans) plan.stop(now);
    this.#save(0);
    if (this.#tempFolder !== undefined) rmSync(this.#tempFolder, { recursive: true, force: true });
  }

  #save(leaseMs: number): void {
    if (this.#settings.data === undefined) return;
    const end = this.#settings.clock() + leaseMs;
    saveWorld(this.#settings.data, { ...this.#stored, segments: this.#plans.map((plan) => plan.stored(end)) });
  }
}

function isLive(settings: SimulatorSettings): boolean {
  return !settings.frozen && settings.rate > 0;
}

function newWorld(settings: SimulatorSettings, now: number, records: string | null): StoredWorld {
  const { historyMs, historyRate, historyFileIntervalMs, publishDelayMs, seed, tenants } = settings;
  const history = historySegment(now, historyMs, historyRate, historyFileIntervalMs, publishDelayMs);
  return { version: 1, seed, tenants, anchor: now, records, segments: history ? [history] : [] };
}

function liveSegment(earlier: readonly Segment[], settings: SimulatorSettings, now: number): Segment[] {
  if (!isLive(settings)) return [];
  const from = Math.max(now, earlier.at(-1)?.to ?? now);
  const { rate, fileIntervalMs, publishDelayMs } = settings;
  return [{ from, to: Number.POSITIVE_INFINITY, recordsPerMinute: rate, bucketMs: fileIntervalMs, publishDelayMs }];
}

function refuseAnother(stored: StoredWorld, settings: SimulatorSettings, records: string | null): void {
  const mistakes: string[] = [];
  const refuse = (difference: string): void => {
    mistakes.push(`--data ${settings.data}: the world kept there has ${difference}; choose another folder`);
  };
  if (stored.seed !== settings.seed) refuse(`--seed ${stored.seed}, not ${settings.seed}`);
  if (stored.tenants !== settings.tenants) refuse(`--tenants ${stored.tenants}, not ${settings.tenants}`);
  if (stored.records !== records) refuse(stored.records === null ? 'no given records' : 'other given records');
  if (mistakes.length > 0) throw new SimulatorOptionError(mistakes);
}

function tempFolderOf(settings: SimulatorSettings): string {
  if (settings.data === undefined) return mkdtempSync(join(tmpdir(), 'mimecast-simulator-'));
  const folder = join(settings.data, 'tmp');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
