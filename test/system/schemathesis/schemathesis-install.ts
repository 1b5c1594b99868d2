import { installPython, type Python } from '../../../devstack/python-packages.js';

export type { Python };

const VERSION = '4.32.5';

/** @throws Error that says why it cannot be had, or the reason of `signal`. */
export function installSchemathesis(say: (text: string) => void, signal: AbortSignal): Promise<Python> {
  return installPython(
    {
      name: 'Schemathesis',
      version: VERSION,
      // What the calls of a seed are depends on both.
      packages: [`schemathesis==${VERSION}`, 'hypothesis==6.170.15'],
      module: 'schemathesis.cli',
      probe: ['--version'],
      accepts: (output) => output.includes(VERSION),
    },
    say,
    signal,
  );
}
