/** Where a worker finds the workflows: the prebuilt bundle beside a built program, else bundled now from the sources. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { bundleWorkflows } from './workflow-bundle.js';

export async function workflowCode(): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const code = await bundleWorkflows(fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url)));
  return { workflowBundle: { code } };
}
