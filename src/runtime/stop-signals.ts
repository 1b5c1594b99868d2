/** A program ends with its starter: at Ctrl-C, when a supervisor says so, and when its terminal or its npm is gone. */

import { constants } from 'node:os';

/** SIGHUP also stands for the end of the process that started this one, see `scripts/watch-parent.mjs`. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** SIGPIPE stands for output that nobody can read any more. Node itself ignores that signal. */
export type StopSignal = (typeof SIGNALS)[number] | 'SIGPIPE';

/** npm passes on what a terminal or a supervisor has sent to the whole group anyway: the same request, twice. */
const ECHO_MS = 1_000;

/**
 * @param onStop is called at the first signal.
 * @param reason what the abort is told with.
 * @returns aborted at the first signal. A SIGINT or SIGTERM a second later or more ends the process at once, with exit
 *   code 128 + its number: somebody is tired of waiting. A SIGHUP does not: nobody is left who could be.
 */
export function stopOnSignals(onStop: (signal: StopSignal) => void, reason?: Error): AbortController {
  const stopping = new AbortController();
  let askedAt = 0;
  const stop = (signal: StopSignal) => {
    if (stopping.signal.aborted) return;
    askedAt = performance.now();
    onStop(signal);
    stopping.abort(reason);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const isImpatient = stopping.signal.aborted && performance.now() - askedAt >= ECHO_MS;
      if (isImpatient && signal !== 'SIGHUP' && !isGuarded()) process.exit(exitCodeFor(signal));
      stop(signal);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isLostOutput(error)) throw error;
      stop('SIGPIPE');
    });
  }
  return stopping;
}

/** What a shell reports of a program that the signal has ended. */
export function exitCodeFor(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/** For a program that somebody watches in a terminal. */
export function noticeOnStderr(notice: string): () => void {
  return () => void process.stderr.write(`\n${notice} (repeat to stop at once)\n`);
}

/** A guard repeats its request when a supervisor has sent it to every process, and kills after its own grace. */
function isGuarded(): boolean {
  return process.env.MIMECAST_GUARD === String(process.ppid);
}

/** For a program that only prints: it ends with the one that reads its output, as with `| head`, and without a word. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isLostOutput(error)) throw error;
      process.exit(exitCodeFor('SIGPIPE'));
    });
  }
}

/** EIO: the terminal is gone. EPIPE: the reader of the pipe is gone. */
export function isLostOutput({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EIO' || code === 'EPIPE';
}
