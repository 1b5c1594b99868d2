/** A worker as a process of its own, run from the sources. */

import { join } from 'node:path';
import { projectRoot } from '../src/runtime/project-root.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { PROGRAM_GRACE_SECONDS } from './server-process.js';

/** As `npm run worker` has them: without such limits, Node lets garbage pile up to half a gigabyte and more. */
const MEMORY = ['--max-semi-space-size=8', '--max-old-space-size=512'] as const;

/** @param environment is added to that of this process */
export function startWorkerProcess(
  logFile: string,
  environment: Readonly<Record<string, string>>,
): Promise<GuardedProcess> {
  return spawnGuarded(process.execPath, [...MEMORY, join(projectRoot(), 'scripts/run.mjs'), 'src/worker.ts'], {
    name: 'worker',
    logFile,
    env: environment,
    graceSeconds: PROGRAM_GRACE_SECONDS,
  });
}
