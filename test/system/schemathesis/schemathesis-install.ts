/** Schemathesis in a folder of its own beside the other downloads: nothing of the machine's Python is changed. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fillFolder, serversFolder } from '../../../devstack/servers-folder.js';

const VERSION = '4.32.5';
/** What the calls of a seed are depends on both. */
const PACKAGES = [`schemathesis==${VERSION}`, 'hypothesis==6.170.15'] as const;
const INSTALL_LIMIT_MS = 10 * 60_000;
const PROBE_LIMIT_MS = 60_000;

const run = promisify(execFile);

export interface Python {
  readonly command: string;
  /** Before the arguments of Schemathesis. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @throws Error that says why it cannot be had, or the reason of `signal`. */
export async function installSchemathesis(say: (text: string) => void, signal: AbortSignal): Promise<Python> {
  const folder = join(serversFolder(), `schemathesis-${VERSION}`);
  const python = pythonOf(folder);
  const runs = () =>
    run('python3', [...python.args, '--version'], options(python.env, PROBE_LIMIT_MS, signal)).then(
      ({ stdout }) => stdout.includes(VERSION),
      () => false,
    );
  if (await runs()) return python;
  say(`Downloading Schemathesis ${VERSION} from PyPI …`);
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const install = async (target: string) => {
    const args = ['-m', 'pip', 'install', ...quietly, '--only-binary', ':all:', '--target', target, ...PACKAGES];
    await run('python3', args, options({ PIP_ROOT_USER_ACTION: 'ignore' }, INSTALL_LIMIT_MS, signal));
  };
  await fillFolder(folder, install, runs).catch((cause: Error & { readonly stderr?: string }) => {
    signal.throwIfAborted();
    const reason = cause.stderr?.trim().split('\n').at(-1) || cause.message;
    throw new Error(`Schemathesis cannot be installed; it needs Python 3.10 or newer with pip: ${reason}`, { cause });
  });
  if (!(await runs())) throw new Error(`Schemathesis was installed, but does not run: look into ${folder}`);
  return python;
}

/** `-S` leaves out what the machine has installed. */
function pythonOf(folder: string): Python {
  return { command: 'python3', args: ['-S', '-m', 'schemathesis.cli'], env: { PYTHONPATH: folder } };
}

function options(env: Readonly<Record<string, string>>, timeout: number, signal: AbortSignal) {
  return { env: { ...process.env, ...env }, timeout, signal };
}
