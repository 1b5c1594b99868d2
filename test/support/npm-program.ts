/** One of the project's programs as a user or a supervisor starts it: with npm, in a process group of its own. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/runtime/project-root.js';
import { type FoundProcess, processesWith } from './processes.js';
import { until } from './until.js';

const MARK = 'MIMECAST_TEST_MARK';

export interface NpmProgramOptions {
  /** Of the program's data and of its output. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the npm script is. Default: this project. */
  readonly cwd?: string;
}

export class NpmProgram {
  private constructor(
    /** Of npm, and of its process group. */
    readonly npm: number,
    readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>,
    private readonly mark: string,
    private readonly outputFile: string,
  ) {}

  /** @param args of `npm run`. */
  static run(args: readonly string[], { folder, env, cwd = projectRoot() }: NpmProgramOptions): NpmProgram {
    mkdirSync(folder, { recursive: true });
    const mark = randomUUID();
    const outputFile = join(folder, `${mark}.out`);
    const output = openSync(outputFile, 'a');
    const npm = spawn('npm', ['run', ...args], {
      cwd,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, MIMECAST_DATA_DIR: join(folder, 'data'), ...env, [MARK]: mark },
    });
    closeSync(output);
    const ended = new Promise<Awaited<NpmProgram['ended']>>((resolve, reject) => {
      npm.once('error', reject);
      npm.once('exit', (code, signal) => resolve({ code, signal }));
    });
    return new NpmProgram(npm.pid ?? 0, ended, mark, outputFile);
  }

  /** What it has printed. */
  output(): string {
    return existsSync(this.outputFile) ? readFileSync(this.outputFile, 'utf8') : '';
  }

  async untilPrinted(text: string): Promise<void> {
    await until(
      () => this.output(),
      (output) => output.includes(text),
      { everyMs: 50 },
    );
  }

  /** All that it consists of, also what has lost its parent. */
  processes(): FoundProcess[] {
    return processesWith(MARK, this.mark);
  }

  /** Of the process whose command line begins with a program of that name and has the text in it. */
  pidOf(program: string, text = ''): number {
    const isIt = ({ command }: FoundProcess) => {
      const [first = ''] = command.split(' ');
      return first.split('/').at(-1) === program && command.includes(text);
    };
    const found = this.processes().filter(isIt);
    const [{ pid } = { pid: 0 }] = found;
    if (found.length !== 1) throw new Error(`${found.length} processes are ${program} ${text}`);
    return pid;
  }

  /** The program itself, below npm. */
  pid(): number {
    const found = this.processes().find(({ parent }) => parent === this.npm);
    if (found === undefined) throw new Error('npm has started nothing');
    return found.pid;
  }

  async untilGone(): Promise<void> {
    await until(
      () => this.processes(),
      (found) => found.length === 0,
      { everyMs: 100 },
    );
  }

  /** For what a failed test has left. */
  async end(): Promise<void> {
    for (const { pid } of this.processes()) kill(pid, 'SIGKILL');
    await this.untilGone();
  }
}

/** Signals a process, or with a negative number its group; one that is gone needs none. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
