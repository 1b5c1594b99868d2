import { execFile } from 'node:child_process';
import { projectRoot } from '../../src/runtime/project-root.js';
import { programArguments } from './program-arguments.js';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a process of its own. Never rejects because of an exit code. */
export function runCli(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> {
  return runProgramFile('src/starter.ts', env, ...args);
}

/** The same for another program. */
export function runProgramFile(
  file: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...programArguments(file), ...args],
      { cwd: projectRoot(), env: { ...process.env, ...env }, encoding: 'utf8', timeout: 180_000 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}
