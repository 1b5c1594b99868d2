/**
 * Random lives on a real server, with a retry budget of seconds: whatever comes, no illegal state, no lost signal, and always
 * a way out. `RANDOM_LIFE_SEED=17 RANDOM_LIFE_STEPS=500 npm test -- test/workflows/random-life.long.test.ts` repeats one walk, or
 * makes it longer.
 */

import { expect, test, vi } from 'vitest';
import { SIGNALS, WORKFLOW_TYPE } from '../../src/domain/contract/contract.js';
import { classify, type ErrorFacts } from '../../src/domain/failures/failure.js';
import {
  isLegalTransition,
  LIFECYCLE_STATES,
  type LifecycleState,
  TRANSITIONS,
} from '../../src/domain/lifecycle/lifecycle.js';
import { isError, openProblems, type SourceSnapshot } from '../../src/domain/lifecycle/snapshot.js';
import { addCounts, NO_COUNTS, SOURCE_STEPS } from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { FAULTS, type FailingPart } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import { SeededRandom } from '../support/random.js';
import { shortRetryBudgetBundle } from '../support/short-retry-budget-bundle.js';
import { developmentServer, patiently, type SourceRun, sourceRuns } from '../support/source-runs.js';

vi.mock('../../src/domain/failures/retry-budget.js', () => import('../support/short-retry-budget.js'));
const runs = sourceRuns({ ...developmentServer(), workflowBundle: shortRetryBudgetBundle() });

const STEPS = Number(process.env.RANDOM_LIFE_STEPS ?? 150);
const SEEDS = process.env.RANDOM_LIFE_SEED === undefined ? [1, 2, 3, 4, 5, 6] : [Number(process.env.RANDOM_LIFE_SEED)];
const MAX_HISTORY_EVENTS = 150;
const STREAMS = ['receipt', 'audit', 'dlp', 'hold'] as const satisfies readonly StreamName[];
const CAN_FAIL = [
  ...['validate', 'initialize', 'authenticate', 'sweep', 'recordHealth', 'finalize'],
  ...STREAMS,
] as readonly FailingPart[];
const KNOWN: readonly ErrorFacts[] = Object.values(FAULTS);
const TROUBLES: readonly ErrorFacts[] = [
  ...KNOWN.map((facts) => (facts.retryAfterMs === undefined ? facts : { ...facts, retryAfterMs: 200 })),
  { origin: 'internal', code: 'TypeError', message: 'undefined is no function' },
];
const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  7,
  'now',
  [],
  {},
  { remove: 'yes' },
  { subject: 'dlp', attempt: 0 },
];

/** All states that can follow one, however many moves later. */
const REACHABLE = new Map(
  LIFECYCLE_STATES.map((from) => {
    const found = new Set<LifecycleState>([from]);
    for (const state of found) for (const next of TRANSITIONS[state]) found.add(next);
    return [from, found];
  }),
);

/** What has to hold of every snapshot. */
function expectConsistent(snapshot: SourceSnapshot): void {
  const { state, stage, health, streams, totals } = snapshot;
  const problems = openProblems(snapshot);
  const inError = problems.some(isError);
  expect(health).toBe(inError ? 'Error' : problems.length > 0 ? 'Warning' : 'Healthy');
  if (!['Stopping', 'Stopped', 'Deleted'].includes(state)) expect(state).toBe(inError ? 'Error' : stage);
  expect(totals).toEqual(streams.reduce(addCounts, NO_COUNTS));
  for (const { phase, problem } of streams) {
    if (phase === 'parked') expect(problem?.gaveUp).toBe(true);
    if (phase === 'retrying') expect(problem?.gaveUp).toBe(false);
    if (phase === 'waiting') expect(problem).toBeUndefined();
  }
}

class Walk {
  readonly done: string[] = [];
  private last: SourceSnapshot | undefined;

  constructor(
    private readonly run: SourceRun,
    private readonly random: SeededRandom,
  ) {}

  private readonly actions: Readonly<Record<string, () => Promise<unknown>>> = {
    fail: async () => this.run.fake.fail(this.random.pick(CAN_FAIL), this.random.pick(TROUBLES)),
    failLater: async () => this.run.fake.fail(this.random.pick(STREAMS), this.random.pick(TROUBLES), 1),
    heal: async () => this.run.fake.heal(this.random.pick(CAN_FAIL)),
    healMore: async () => CAN_FAIL.filter(() => this.random.next() < 0.7).map((what) => this.run.fake.heal(what)),
    deliver: async () => this.run.fake.deliver(this.random.pick(STREAMS), ...this.slices()),
    collectNow: () => this.run.signal(SIGNALS.collectNow),
    collectNowOften: () => this.several(() => this.run.signal(SIGNALS.collectNow)),
    garbage: () =>
      this.run.signal(this.random.pick(['collectNow', 'attemptFailed', 'noSuchSignal']), this.random.pick(GARBAGE)),
    attemptFailed: () =>
      this.run.signal('attemptFailed', {
        subject: this.random.pick([...SOURCE_STEPS, ...STREAMS, 'journal']),
        failure: classify(this.random.pick(TROUBLES)),
        attempt: this.random.between(1, 9),
        ...(this.random.next() < 0.5 ? { retryAt: new Date(Date.now() + 1_000).toISOString() } : {}),
      }),
    reconfigure: async () => {
      const { settings } = this.run.fake;
      const streams = STREAMS.slice(0, this.random.between(1, STREAMS.length));
      this.run.fake.settings = { ...settings, streams, version: settings.version + 1 };
    },
    restart: () => this.restart(),
    restartAndMore: () => this.restart(() => this.run.signal(SIGNALS.collectNow)),
    settle: () => this.settle(),
  };

  async step(): Promise<void> {
    const action = this.random.next() < 0.015 ? 'stopAndStart' : this.random.pick(Object.keys(this.actions));
    this.done.push(action);
    await (this.actions[action]?.() ?? this.stopAndStart());
    await this.look();
  }

  /** Whatever state it is in: healed and restarted, it collects; told to stop, it ends. */
  async leave(): Promise<void> {
    this.healAll();
    await this.restart();
    await this.run.caughtUp();
    expect(await this.look()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
    await this.stop();
  }

  private async look(): Promise<SourceSnapshot> {
    const snapshot = await patiently(this.run.status);
    expectConsistent(snapshot);
    if (this.last !== undefined) {
      expect(REACHABLE.get(this.last.state)).toContain(snapshot.state);
      expect(snapshot.restarts).toBeGreaterThanOrEqual(this.last.restarts);
      expect(snapshot.startedAt).toBe(this.last.startedAt);
    }
    this.last = snapshot;
    return snapshot;
  }

  /** Several restarts at once are at least one, and the configuration that they find is taken. */
  private async restart(more: () => Promise<unknown> = async () => undefined): Promise<void> {
    const { restarts } = await patiently(this.run.status);
    await Promise.all([this.several(() => this.run.restart()), more()]);
    await this.run.when((snapshot) => snapshot.restarts > restarts);
  }

  /** Without troubles, all that has not given up recovers by itself. */
  private async settle(): Promise<void> {
    this.healAll();
    await this.run.when((snapshot) => openProblems(snapshot).every(({ gaveUp }) => gaveUp));
  }

  private async stop(): Promise<void> {
    this.run.fake.heal('finalize');
    await Promise.all([
      this.run.stop(),
      this.several(() => this.run.signal(SIGNALS.collectNow)).catch(() => undefined),
    ]);
    expect(await this.run.end()).toMatchObject({ state: 'Stopped' });
    expect(await this.look()).toMatchObject({ state: 'Stopped' });
    const states = attributeValues(await this.run.histories(), 'MimecastSourceState') as LifecycleState[];
    expect(states[0]).toBe('Pending');
    for (const [index, to] of states.slice(1).entries()) {
      const from = states[index] ?? 'Pending';
      expect({ from, to, legal: isLegalTransition(from, to) }).toMatchObject({ legal: true });
    }
  }

  private async stopAndStart(): Promise<void> {
    await this.stop();
    this.last = undefined;
    const { handle, workflowId, sourceId } = this.run;
    const { taskQueue } = await handle.describe();
    const args = [{ sourceId, maxHistoryEvents: MAX_HISTORY_EVENTS }];
    await handle.client.start(WORKFLOW_TYPE, { workflowId, taskQueue, args });
  }

  private healAll(): void {
    for (const what of CAN_FAIL) this.run.fake.heal(what);
  }

  private several(send: () => Promise<unknown>): Promise<unknown> {
    return Promise.all(Array.from({ length: this.random.between(1, 3) }, send));
  }

  private slices(): number[] {
    return Array.from({ length: this.random.between(1, 3) }, () => this.random.between(0, 99));
  }
}

test.concurrent.for(SEEDS)(
  'a random life has only legal states and always a way out, seed %i',
  { timeout: 900_000 },
  async (seed, { onTestFinished }) => {
    const run = await runs.start({ streams: STREAMS, maxHistoryEvents: MAX_HISTORY_EVENTS, onTestFinished });
    const walk = new Walk(run, new SeededRandom(seed));
    try {
      for (let step = 0; step < STEPS; step += 1) await walk.step();
      await walk.leave();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const actions = walk.done.slice(-15).join(', ');
      throw new Error(`RANDOM_LIFE_SEED=${seed}, step ${walk.done.length} (${actions}): ${reason}`, { cause });
    }
  },
);
