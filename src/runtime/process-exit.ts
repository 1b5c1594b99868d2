/** How a process ended, in words that tell a crash from a kill. */

import { constants } from 'node:os';

export interface ProcessExit {
  /** Exit code; 128 + signal number when a signal ended it, as a shell reports it. */
  code: number;
  /** Whether it ended because of `stop()`. */
  stopped: boolean;
}

const SIGNAL_BASE = 128;

/** As a shell reports the end of a process: `signal` when that ended it, else its exit code. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? (signal === null ? 1 : SIGNAL_BASE + constants.signals[signal]);
}

/** `exit code 1`, `ended by SIGKILL` or `aborted (SIGABRT)`: Node and V8 abort when they can no longer trust themselves. */
export function exitText({ code }: Pick<ProcessExit, 'code'>): string {
  const number = code - SIGNAL_BASE;
  const [signal] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  if (signal === undefined) return `exit code ${code}`;
  // SIGIOT is an older name of the same number.
  return signal === 'SIGABRT' || signal === 'SIGIOT' ? 'aborted (SIGABRT)' : `ended by ${signal}`;
}

/** Thrown when a process ended that should run. */
export class UnexpectedEnd extends Error {
  override readonly name = 'UnexpectedEnd';

  constructor(
    message: string,
    /** Whether it says that another program has its port. */
    readonly lostPort: boolean,
  ) {
    super(message);
  }
}
