/** Ctrl-C: once to stop in an orderly way, twice to stop at once. */

/**
 * @param notice what is told at the first signal.
 * @param reason what the abort is told with.
 * @returns aborted at the first SIGINT or SIGTERM; the second one ends the process with exit code 130.
 */
export function stopOnSignals(notice: string, reason?: Error): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130);
      process.stderr.write(`\n${notice} (once more to stop at once)\n`);
      stopping.abort(reason);
    });
  }
  return stopping;
}
