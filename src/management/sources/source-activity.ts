/** What a page about all sources shows beside their states: records of the last hour, and how far each is behind. */

import { STATUS_QUERY } from '../../domain/contract/contract.js';
import { lagOf } from '../../domain/lifecycle/problem-text.js';
import type { SourceSnapshot } from '../../domain/lifecycle/snapshot.js';
import { present } from '../../domain/present.js';
import { Semaphore } from '../../domain/semaphore.js';
import { recordVolumes, type VolumeRange } from '../../store/record-volumes.js';
import { sourceSummaries } from '../../store/sources.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { listableSources } from './visible-sources.js';

export interface SourceActivity {
  readonly id: number;
  /** Records per step, the oldest step first. */
  readonly counts: readonly number[];
  /** How far the stream that is furthest behind is behind; absent when the workflow did not say it in time. */
  readonly lagMs?: number;
}

export interface Activity extends VolumeRange {
  readonly sources: readonly SourceActivity[];
}

const STEP_MS = 5 * 60_000;
const STEPS = 12;
/** So long an answer is given again, however many look. */
const KEPT_MS = 15_000;
/** Counting a million records takes seconds: it is at most so large a part of the time. */
const MAX_SHARE = 0.05;
const COUNT_LIMIT = { timeoutMS: 20_000 };
/** For all workflows together. */
const LAG_LIMIT_MS = 5_000;
const AT_ONCE = 8;

export class SourceActivities {
  private kept: { readonly activity: Promise<Activity>; until: number } | undefined;

  /** @param now epoch milliseconds. */
  constructor(
    private readonly access: InstallationAccess,
    private readonly now: () => number = Date.now,
  ) {}

  /** Some seconds old, or older where counting takes long. @throws what MongoDB and Temporal throw when they do not answer */
  async get(): Promise<Activity> {
    const at = this.now();
    if (this.kept !== undefined && at < this.kept.until) return this.kept.activity;
    const kept = { activity: this.read(at), until: Number.POSITIVE_INFINITY };
    this.kept = kept;
    try {
      await kept.activity;
      kept.until = at + Math.max(KEPT_MS, (this.now() - at) / MAX_SHARE);
    } catch {
      // Whoever waits for it is told; the next one makes another attempt.
      kept.until = 0;
    }
    return kept.activity;
  }

  private async read(now: number): Promise<Activity> {
    const { collections } = this.access;
    const ids = (await sourceSummaries(collections)).map(({ _id }) => _id);
    const range = { sinceMs: now - STEPS * STEP_MS, stepMs: STEP_MS, steps: STEPS };
    const [counts, lags] = await Promise.all([
      recordVolumes(collections, ids, range, COUNT_LIMIT),
      this.lags(new Set(ids), now),
    ]);
    const sources = ids.map((id) => ({ id, counts: counts.get(id) ?? [], ...present({ lagMs: lags.get(id) }) }));
    return { ...range, sources };
  }

  /** Of those whose workflows answer. */
  private async lags(ids: ReadonlySet<number>, now: number): Promise<ReadonlyMap<number, number>> {
    const lags = new Map<number, number>();
    const semaphore = new Semaphore(AT_ONCE);
    const deadline = Date.now() + LAG_LIMIT_MS;
    const running = [...(await listableSources(this.access))].filter(([id]) => ids.has(id));
    const asked = running.map(([id, { workflowId }]) =>
      semaphore.run(async () => {
        if (Date.now() >= deadline) return;
        const { client } = this.access;
        const handle = client.workflow.getHandle(workflowId);
        const snapshot = await client.withDeadline(deadline, () => handle.query<SourceSnapshot>(STATUS_QUERY));
        const lag = greatestLag(snapshot, now);
        if (lag !== undefined) lags.set(id, lag);
      }),
    );
    // One that does not answer has no lag to show; its state says why.
    await Promise.allSettled(asked);
    return lags;
  }
}

/** `undefined` when no stream says how far behind it is. */
export function greatestLag(snapshot: SourceSnapshot, now: number): number | undefined {
  const lags = snapshot.streams.flatMap((status) => lagOf(snapshot, status, now) ?? []);
  return lags.length === 0 ? undefined : Math.max(...lags);
}
