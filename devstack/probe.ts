import { execFile } from 'node:child_process';
import type { Program } from './programs.js';

/** A cold start of a 150 MB program from a slow disk fits in. */
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Runs the program and listens to what it says about itself: a build for another system, a missing library or an old
 * version shows here, and not later as a server that does not come up.
 *
 * @throws Error that says why the file will not do, beginning with a verb
 */
export async function probe(program: Program, path: string): Promise<void> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(path, program.probe, { timeout: PROBE_TIMEOUT_MS }, (error, stdout, stderr) => {
      // With a number it ran and said no, which may be its way to print a usage.
      if (error === null || typeof error.code === 'number') resolve(stdout + stderr);
      else reject(new Error(`does not run: ${error.message}`, { cause: error }));
    });
  });
  const objection = program.objection(output);
  if (objection === undefined) return;
  const said = output.trim().split('\n')[0] ?? '';
  throw new Error(said === '' ? objection : `${objection}; it says: ${said.slice(0, 200)}`);
}
