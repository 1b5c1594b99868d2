/** Fuzzes one target: inputs in batches, what they break, and whether memory grows over equal batches. */

import type { Answer } from './child.js';
import { minimized } from './minimize.js';
import { inputOf } from './mutate.js';
import type { FuzzTarget } from './target.js';
import type { Ended, FuzzThread } from './thread.js';

export interface FuzzOptions {
  readonly seed: number;
  /** The number of the first input. */
  readonly from: number;
  /** Inputs that are tried at most. */
  readonly runs: number;
  /** When to stop, by `performance.now`. Default never. */
  readonly until?: number;
  /** Inputs that are tried to shorten one that fails. */
  readonly tries: number;
  readonly signal?: AbortSignal;
}

export interface Find {
  readonly target: string;
  readonly seed: number;
  /** Of the input; undefined when it takes many to show it. */
  readonly number?: number;
  readonly kind: 'broken' | Ended['ended'] | 'leak';
  readonly message: string;
  readonly stack?: string;
  /** Shortened. */
  readonly input: Uint8Array;
}

export interface TargetResult {
  readonly target: string;
  readonly ran: number;
  readonly finds: readonly Find[];
  readonly isStopped: boolean;
}

const BATCH = 100;
const MOST_FINDS = 5;
/** Of what ends a thread: each try starts another one, and may take the whole limit. */
const TRIES_OF_END = 8;

export async function fuzzTarget(thread: FuzzThread, target: FuzzTarget, options: FuzzOptions): Promise<TargetResult> {
  const run = new TargetRun(thread, target, options);
  try {
    await run.all();
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    run.isStopped = true;
  }
  const { ran, finds, isStopped } = run;
  return { target: target.name, ran, finds, isStopped };
}

class TargetRun {
  readonly finds: Find[] = [];
  ran = 0;
  isStopped = false;

  constructor(
    private readonly thread: FuzzThread,
    private readonly target: FuzzTarget,
    private readonly options: FuzzOptions,
  ) {}

  async all(): Promise<void> {
    const { seed, from, runs, signal, until = Number.POSITIVE_INFINITY } = this.options;
    const end = from + runs;
    for (let at = from; at < end && this.finds.length < MOST_FINDS && performance.now() < until; ) {
      signal?.throwIfAborted();
      const result = await this.thread.run(
        { target: this.target.name, kind: 'batch', seed, from: at, to: Math.min(end, at + BATCH) },
        signal,
      );
      const number = 'ended' in result ? result.number : result.failed?.number;
      if (number === undefined) at = Math.min(end, at + BATCH);
      else {
        await this.note(result, number);
        at = number + 1;
      }
      this.ran = at - from;
    }
    if (this.finds.length === 0 && this.ran > 0) await this.findLeak(from, from + Math.min(this.ran, REPEATED));
  }

  private async note(result: Answer | Ended, number: number): Promise<void> {
    const { name: target } = this.target;
    const { seed, tries } = this.options;
    const isEnded = 'ended' in result;
    const message = isEnded ? result.message : `${result.failed?.name}: ${result.failed?.message}`;
    const stack = isEnded ? undefined : result.failed?.stack;
    if (this.finds.some((find) => find.stack !== undefined && sameError(find, { message, stack }))) return;
    const isAlike = async (bytes: Uint8Array) => {
      const again = await this.thread.run({ target, kind: 'input', bytes }, this.options.signal);
      if ('ended' in again) return isEnded && again.ended === result.ended;
      return (
        !isEnded &&
        again.failed?.name === result.failed?.name &&
        wordsOf(again.failed?.message ?? '') === wordsOf(result.failed?.message ?? '')
      );
    };
    const whole = inputOf(this.target, seed, number);
    const isHang = isEnded && result.ended === 'hang';
    // Another process may have had the machine: a hang counts when it comes again.
    if (isHang && !(await isAlike(whole))) return;
    const input = await minimized(whole, isAlike, isEnded ? TRIES_OF_END : tries);
    const kind = isEnded ? result.ended : 'broken';
    this.finds.push({ target, seed, number, kind, message, input, ...(stack === undefined ? {} : { stack }) });
  }

  /** The same inputs again and again: what a reader remembers of them it has after the second time. */
  private async findLeak(from: number, to: number): Promise<void> {
    const { seed, signal } = this.options;
    const heaps: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      const result = await this.thread.run({ target: this.target.name, kind: 'batch', seed, from, to }, signal);
      if ('ended' in result) return;
      if (pass > 0) heaps.push(result.heap);
    }
    const steps = heaps.slice(1).map((heap, at) => heap - (heaps[at] ?? 0));
    const grown = steps.reduce((sum, step) => sum + step, 0);
    if (grown < LEAST_LEAK || !steps.every((step) => step > 0)) return;
    const message = `the same ${to - from} inputs, ${heaps.length} times: ${grown} bytes more in use at the end`;
    this.finds.push({ target: this.target.name, seed, kind: 'leak', message, input: new Uint8Array() });
  }
}

/** Inputs, and how often they are read. */
const REPEATED = 40;
const PASSES = 4;
/** In bytes; less may be what the engine learns of the code. */
const LEAST_LEAK = 2 * 1_048_576;

/** Two errors of one place are one find; what the messages quote does not matter. */
function sameError(
  one: Pick<Find, 'message' | 'stack'>,
  other: Pick<Find, 'message'> & { readonly stack: string | undefined },
): boolean {
  return placeIn(one.stack) === placeIn(other.stack) && wordsOf(one.message) === wordsOf(other.message);
}

/** The first frame that is not of the fuzzers' own checks. */
function placeIn(stack = ''): string {
  return /\n\s+at (?!.*\/fuzz\/target\.ts).*/.exec(stack)?.[0] ?? stack;
}

function wordsOf(message: string): string {
  return message.replace(/\S*\d\S*/g, '').slice(0, 60);
}
