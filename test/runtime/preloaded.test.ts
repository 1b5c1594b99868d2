/** The modules that workflows share: all of the domain's that they use, and nothing else. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { bundleWorkflows } from '../../src/runtime/workflow-bundle.js';

const root = projectRoot();

/** As the bundler names them: relative to the project. */
async function ownModulesOf(entry: string, more = {}): Promise<string[]> {
  const code = await bundleWorkflows(join(root, entry), more);
  const names = [...code.matchAll(/^\/\*{3}\/ "(\.\/src\/[^"]+)"/gm)].map(([, name = '']) => name);
  return [...new Set(names)].toSorted();
}

test('workflows share all modules of the domain that they use, and none that is not', async () => {
  const shared = 'src/workflows/preloaded.ts';
  const alone = { preloadModules: [], payloadConverterPath: undefined, workflowInterceptorModules: [] };
  const preloaded = (await ownModulesOf(shared, alone)).filter((name) => name !== `./${shared}`);
  const used = await ownModulesOf('src/workflows/index.ts', { preloadModules: [] });
  expect(preloaded.length).toBeGreaterThan(20);
  expect(preloaded).toEqual(used.filter((name) => name.startsWith('./src/domain/')));
});
