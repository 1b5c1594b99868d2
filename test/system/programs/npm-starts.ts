/** `npm start` as tests run it: each in a folder of its own, ended with its test. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { NpmProgram } from '../../support/npm-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

/** Call it outside of tests and hooks. */
export function npmStarts() {
  let folder: ReturnType<typeof temporaryFolder>;
  let started: NpmProgram[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    for (const program of started) await program.end();
    started = [];
    folder.remove();
  });
  const file = (name: string, path: string) => join(folder.path, name, 'data', path);
  const logOf = (name: string, program: string) => readFileSync(file(name, `logs/${program}.log`), 'utf8');

  return {
    file,
    logOf,
    startIn(name: string): NpmProgram {
      const program = NpmProgram.run(['start'], { folder: join(folder.path, name) });
      started.push(program);
      return program;
    },
    /** Its addresses are announced when all of it runs. */
    async untilUp(...names: readonly string[]): Promise<void> {
      for (const name of names) {
        await until(
          () => existsSync(file(name, 'running.json')) && logOf(name, 'worker').includes('worker ready'),
          (up) => up,
          { everyMs: 50 },
        );
      }
    },
    expectGoodOrder(name: string, program: NpmProgram): void {
      expect(program.output()).toContain('Stopping …');
      expect(program.output()).toMatch(/^Stopped\.$/m);
      expect(logOf(name, 'worker')).toContain('worker stopped');
      expect(logOf(name, 'server')).toContain('server stopped');
    },
  };
}
