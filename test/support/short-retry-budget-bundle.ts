import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { writeWorkflowBundle } from '../../src/runtime/workflow-bundle.js';
import { temporaryFolder } from './temporary-folder.js';

/** The workflows with the retry budget of `short-retry-budget.ts`. Call it outside of tests and hooks. */
export function shortRetryBudgetBundle(): () => { codePath: string } {
  return bundleWith('src/domain/failures/retry-budget.ts', 'short-retry-budget.ts');
}

/** The workflows as they were before there were patches. Call it outside of tests and hooks. */
export function earlierBundle(): () => { codePath: string } {
  return bundleWith('src/workflows/patches.ts', 'earlier-patches.ts');
}

/** @param standIn in this folder; it takes the place of the module, of the project's root. */
function bundleWith(module: string, standIn: string): () => { codePath: string } {
  const replaced = join(projectRoot(), module);
  const replacement = fileURLToPath(new URL(standIn, import.meta.url));
  let codePath: string | undefined;
  let removeFolder: (() => void) | undefined;
  beforeAll(async () => {
    const folder = temporaryFolder();
    removeFolder = folder.remove;
    codePath = join(folder.path, 'bundle.js');
    await writeWorkflowBundle(codePath, join(projectRoot(), 'src/workflows/index.ts'), {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, alias: { ...config.resolve?.alias, [replaced]: replacement } },
      }),
    });
  });
  afterAll(() => removeFolder?.());
  return () => {
    if (codePath === undefined) throw new Error('the bundle exists only while tests run');
    return { codePath };
  };
}
