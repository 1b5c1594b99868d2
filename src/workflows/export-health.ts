/** What fails of an export, for how long it is tried again, and what is told of it. */

import { uuid4 } from '@temporalio/workflow';
import type { ExportNote, ExportProblem } from '../domain/export/export.js';
import type { Failure } from '../domain/failures/failure.js';
import { nextPauseMs, RETRY_BUDGET_MS } from '../domain/failures/retry-budget.js';
import type { Ending } from '../domain/health/health-ledger.js';
import type { Problem } from '../domain/lifecycle/snapshot.js';
import { present } from '../domain/present.js';
import { exportNotes } from './steps.js';

export class ExportHealth {
  constructor(
    private readonly sourceId: number,
    private current: ExportProblem | undefined,
  ) {}

  /** Of the run that continues this one. */
  get carried(): { readonly carried?: ExportProblem } {
    return present({ carried: this.current });
  }

  get text(): string {
    if (this.current === undefined) return 'Exporting';
    const { problem } = this.current;
    return `${problem.gaveUp ? 'Given up' : 'Failing'}: ${problem.message}`;
  }

  /** Until the next attempt; `none` when there is none until the source is restarted; `undefined` when nothing fails. */
  get pauseMs(): number | 'none' | undefined {
    if (this.current === undefined) return undefined;
    const { retryAt, againAt } = this.current.problem;
    const at = retryAt ?? againAt;
    return at === undefined ? 'none' : Math.max(1, Date.parse(at) - Date.now());
  }

  /** @param hasProgressed whether it got somewhere before, which renews the retry budget. */
  async fail(failure: Failure, hasProgressed: boolean): Promise<void> {
    const now = Date.now();
    const before = this.current?.problem;
    if (before !== undefined && (before.type !== failure.type || before.code !== failure.code))
      await this.end('recovered');
    const problem = problemOf(failure, hasProgressed ? undefined : before, now);
    const ids = this.current ?? { eventId: uuid4(), closingId: uuid4() };
    this.current = { ...ids, problem };
    const { againEveryMs: configured } = await this.note({ kind: 'opened', problem: this.current, at: iso(now) });
    const againEveryMs = failure.againEveryMs ?? configured;
    if (!problem.gaveUp || againEveryMs === undefined) return;
    this.current = { ...ids, problem: { ...problem, againAt: iso(now + againEveryMs) } };
  }

  async recover(ending: Ending = 'recovered'): Promise<void> {
    if (this.current !== undefined) await this.end(ending);
  }

  /** What was given up is tried again as if it were new. */
  async restart(): Promise<void> {
    if (this.current !== undefined) await this.end('restarted');
  }

  /** What an earlier workflow left open. */
  async clear(): Promise<void> {
    await this.note({ kind: 'cleared', at: iso(Date.now()) });
  }

  private async end(ending: Ending): Promise<void> {
    const problem = this.current;
    this.current = undefined;
    if (problem !== undefined) await this.note({ kind: 'closed', problem, at: iso(Date.now()), ending });
  }

  private note(note: ExportNote) {
    return exportNotes.noteExport.executeWithOptions({ summary: `health: ${note.kind}` }, [this.sourceId, note]);
  }
}

function problemOf(failure: Failure, before: Problem | undefined, now: number): Problem {
  const attempt = before?.gaveUp === true ? 1 : (before?.attempt ?? 0) + 1;
  const since = before?.since ?? iso(now);
  const begun = before?.gaveUp === true ? now : Date.parse(since);
  const pauseMs = nextPauseMs({
    attempt,
    elapsedMs: now - begun,
    ...present({ retryAfterMs: failure.retryAfterMs }),
  });
  const until = begun + RETRY_BUDGET_MS;
  const isTried = failure.retry && before?.gaveUp !== true && now + pauseMs <= until;
  if (!isTried) return { ...failure, attempt, since, gaveUp: true, gaveUpAt: iso(now) };
  return { ...failure, attempt, since, gaveUp: false, until: iso(until), retryAt: iso(now + pauseMs) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
