import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { projectRoot } from '../../src/embedded/project-root.js';
import { writeWorkflowBundle } from '../../src/runtime/workflow-bundle.js';
import { temporaryFolder } from './temporary-folder.js';

const LONG = join(projectRoot(), 'src/source/patience.ts');
const SHORT = fileURLToPath(new URL('short-patience.ts', import.meta.url));

/** The workflows with the patience of `short-patience.ts`. Call it outside of tests and hooks. */
export function shortPatienceBundle(): () => { codePath: string } {
  let codePath: string | undefined;
  let removeFolder: (() => void) | undefined;
  beforeAll(async () => {
    const folder = temporaryFolder();
    removeFolder = folder.remove;
    codePath = join(folder.path, 'bundle.js');
    await writeWorkflowBundle(codePath, join(projectRoot(), 'src/workflows/index.ts'), {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, alias: { ...config.resolve?.alias, [LONG]: SHORT } },
      }),
    });
  });
  afterAll(() => removeFolder?.());
  return () => {
    if (codePath === undefined) throw new Error('the bundle exists only while tests run');
    return { codePath };
  };
}
