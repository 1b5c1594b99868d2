import { join } from 'node:path';
import { inject } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import './provided.js';

/** Arguments of Node for a program of `src/`; without compiled programs it is run from the sources. */
export function programArguments(program: string): string[] {
  const root = inject('compiledRoot');
  if (root === undefined) return [join(projectRoot(), 'scripts/run.mjs'), program];
  return [join(root, program.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js'))];
}
