import { join } from 'node:path';
import { installPython, type Python } from '../../../devstack/python-packages.js';
import { projectRoot } from '../../../src/runtime/project-root.js';

export type { Python };

const VERSION = '4.32.5';

/** @throws Error that says why it cannot be had, or the reason of `signal`. */
export function installSchemathesis(say: (text: string) => void, signal: AbortSignal): Promise<Python> {
  return installPython(
    {
      name: 'Schemathesis',
      version: VERSION,
      // What the calls of a seed are depends on the versions there.
      requirements: join(projectRoot(), 'test/support/requirements/schemathesis.txt'),
      module: 'schemathesis.cli',
      probe: ['--version'],
      accepts: (output) => output.includes(VERSION),
    },
    say,
    signal,
  );
}
