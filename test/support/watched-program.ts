/** A program with its metrics, as it says in its log where they are. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { programArguments } from './program-arguments.js';

export interface WatchedProgram {
  /** Without a slash behind it. */
  readonly metricsUrl: string;
  /** What it has logged so far, a JSON object a line. */
  readonly log: readonly string[];
  get(path: string): Promise<{ readonly status: number; readonly type: string | null; readonly body: string }>;
  /** @returns its exit code */
  stop(): Promise<unknown>;
}

/** @throws Error with its log, when it ends before it says where. */
export async function startWatched(
  program: 'worker' | 'server',
  env: Readonly<Record<string, string>>,
): Promise<WatchedProgram> {
  const child = spawn(process.execPath, programArguments(`src/${program}.ts`), {
    cwd: projectRoot(),
    env: { ...process.env, METRICS_PORT: '0', ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const metricsUrl = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line);
      const { metrics } = (line.startsWith('{') ? JSON.parse(line) : {}) as { readonly metrics?: string };
      if (metrics !== undefined) resolve(new URL(metrics).origin);
    });
    lines.on('close', () => reject(new Error(log.join('\n'))));
  });
  return {
    metricsUrl,
    log,
    async get(path) {
      const response = await fetch(metricsUrl + path);
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}
