/**
 * Where a worker finds the workflows: the bundle beside a built program, else one that is made from the sources and kept
 * until they change. It is made by a process of its own: packing takes more memory than all of the worker's work.
 */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { projectRoot } from './project-root.js';

/** What the bundle is made from, besides the packages. */
const SOURCES = ['src/workflows', 'src/domain'] as const;
const CACHE = 'node_modules/.cache/mimecast-source';

export async function workflowCode(): Promise<{ readonly workflowBundle: { readonly codePath: string } }> {
  const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  const codePath = join(projectRoot(), CACHE, `workflows-${digestOfSources()}.js`);
  if (!existsSync(codePath)) await bundle(codePath);
  return { workflowBundle: { codePath } };
}

/** Several workers that do so at once make it several times, which does no harm. */
async function bundle(codePath: string): Promise<void> {
  mkdirSync(dirname(codePath), { recursive: true });
  const draft = `${codePath}.${process.pid}`;
  const program = [join(projectRoot(), 'scripts/run.mjs'), 'scripts/bundle-workflows.ts', draft];
  await promisify(execFile)(process.execPath, program);
  renameSync(draft, codePath);
}

function digestOfSources(): string {
  const root = projectRoot();
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => join(folder, name)),
  );
  const digest = createHash('sha256');
  for (const file of ['package-lock.json', ...files.sort()]) {
    digest
      .update(`${file}\n`)
      .update(readFileSync(join(root, file)))
      .update('\n');
  }
  return digest.digest('hex').slice(0, 16);
}
