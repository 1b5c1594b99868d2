/** What came out of a run. */

import type { SelfEnd } from './members.js';
import type { StreamVerdict } from './verdict.js';

export interface RunResult {
  readonly seed: number;
  /** How often each fault struck, by its label. */
  readonly faults: Readonly<Record<string, number>>;
  /** Faults that could not be made, since what they concern was away itself. */
  readonly missed: readonly string[];
  /** Records that had to be stored in the end; with buckets, those of all sources. */
  readonly records: number;
  readonly lost: number;
  readonly twice: number;
  /** Stored records that are none of the truth. */
  readonly foreign: number;
  /** Why the source did not come to rest in time. */
  readonly stuck?: string;
  /** Malformed lines in quarantine. */
  readonly malformed: number;
  /** Anything else in quarantine: `reason at place`. None is expected. */
  readonly wronglyQuarantined: readonly string[];
  /** Where a count by date, made without any code of the collection, differs from the store or from the truth. */
  readonly miscounted: readonly string[];
  /** With buckets: where two that should hold the same do not, or what should have been told was not. */
  readonly unequal: readonly string[];
  /** What the source said of itself at the end that was not so. */
  readonly untruths: readonly string[];
  /** Lines of the workers' logs that speak of an error that nobody handled. */
  readonly unhandled: readonly string[];
  /** Processes that ended although nobody killed them. */
  readonly selfEnds: readonly SelfEnd[];
  /** From the end of the faults until all was stored. */
  readonly recoverySeconds: number;
  readonly seconds: number;
  readonly streams: readonly StreamVerdict[];
  /** Folder with the data and logs of a run that failed. */
  readonly kept?: string;
}

/** A run that could not be carried through. */
export function notRun(error: Error): Omit<RunResult, 'seed' | 'seconds' | 'kept'> {
  return {
    faults: {},
    missed: [],
    records: 0,
    lost: 0,
    twice: 0,
    foreign: 0,
    stuck: `the run could not be carried through: ${error.message}`,
    malformed: 0,
    wronglyQuarantined: [],
    miscounted: [],
    unequal: [],
    untruths: [],
    unhandled: [],
    selfEnds: [],
    recoverySeconds: 0,
    streams: [],
  };
}

/** Whether everything that is promised was kept. */
export function isGood(result: Omit<RunResult, 'kept'>): boolean {
  const { lost, twice, foreign, stuck, wronglyQuarantined, miscounted, unequal, untruths, unhandled } = result;
  return (
    lost + twice + foreign === 0 &&
    stuck === undefined &&
    [wronglyQuarantined, miscounted, unequal, untruths, unhandled].every((list) => list.length === 0)
  );
}
