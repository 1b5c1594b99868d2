/** The command line as a process that goes on until it is told to stop. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { programArguments } from './program-arguments.js';

export interface Following {
  /** What it has printed so far. */
  lines(): string[];
  errors(): string;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
}

/** Call it outside of tests and hooks: whatever still runs after a test is killed. */
export function followingCli() {
  const children: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  return (env: Readonly<Record<string, string>>, ...words: readonly string[]): Following => {
    const child: ChildProcessWithoutNullStreams = spawn(
      process.execPath,
      [...programArguments('src/starter.ts'), ...words],
      { cwd: projectRoot(), env: { ...process.env, ...env } },
    );
    children.push(child);
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ended = async (signal: 'SIGINT' | 'SIGKILL') => {
      const exit = once(child, 'exit');
      child.kill(signal);
      return exit;
    };
    return {
      lines: () => out.split('\n').slice(0, -1),
      errors: () => errors,
      stop: async () => expect(await ended('SIGINT')).toEqual([0, null]),
      kill: async () => void (await ended('SIGKILL')),
    };
  };
}
