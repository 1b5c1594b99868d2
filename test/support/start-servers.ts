import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findExecutables } from '../../devstack/executables.js';
import { startMongod } from '../../devstack/mongod.js';
import { startTemporal } from '../../devstack/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { choosePort } from '../../src/runtime/ports.js';
import { projectRoot } from '../../src/runtime/project-root.js';
import { writeWorkflowBundle } from '../../src/runtime/workflow-bundle.js';
import { compilePrograms } from './compile-programs.js';
import type { ProvidedBundle } from './provided.js';
import { temporaryFolder } from './temporary-folder.js';

/** Starts one MongoDB and one Temporal for all integration tests of a run. Vitest calls it only when there are any. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const onProgress = (text: string) => console.error(text);
  const found = await findExecutables(['temporal', 'mongod', 'temporal-test-server'], { onProgress });
  const folder = temporaryFolder();
  const logs = { mongod: join(folder.path, 'mongod.log'), temporal: join(folder.path, 'temporal.log') };
  // Not the usual ports: those belong to the servers that a developer keeps running.
  const [mongodPort, port, uiPort] = await Promise.all([choosePort(0), choosePort(0), choosePort(0)]);
  const [mongod, temporal, bundle] = await Promise.all([
    startMongod({
      executable: found.mongod,
      dataDir: join(folder.path, 'mongod'),
      port: mongodPort,
      logFile: logs.mongod,
    }),
    startTemporal({
      executable: found.temporal,
      port,
      uiPort,
      searchAttributes: SEARCH_ATTRIBUTES,
      logFile: logs.temporal,
    }),
    bundleWorkflows(join(folder.path, 'workflow-bundle.js')),
  ]);
  project.provide('mongodbUri', mongod.uri);
  project.provide('temporalAddress', temporal.address);
  project.provide('temporalNamespace', temporal.namespace);
  project.provide('testServer', found['temporal-test-server']);
  project.provide('workflowBundle', bundle);
  project.provide('compiledRoot', await compiled(join(folder.path, 'built'), bundle));
  return async () => {
    await Promise.all([mongod.stop(), temporal.stop()]);
    folder.remove();
  };
}

async function compiled(folder: string, bundle: ProvidedBundle): Promise<string | undefined> {
  if ('error' in bundle) return undefined;
  await compilePrograms(folder, bundle.codePath);
  return folder;
}

async function bundleWorkflows(codePath: string): Promise<ProvidedBundle> {
  const workflows = join(projectRoot(), 'src/workflows/index.ts');
  if (!existsSync(workflows)) return { error: `there is no ${workflows}` };
  try {
    await writeWorkflowBundle(codePath, workflows);
    // What is recorded is to be as in reality.
    if (process.env.RECORD_HISTORIES !== 'true') shortenRecheck(codePath);
    return { codePath };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** `verify` waits for the collection before it looks again at what is missing; here a second is enough. */
function shortenRecheck(codePath: string): void {
  const code = readFileSync(codePath, 'utf8');
  const shortened = code.replaceAll(/(RECHECK_DELAY_MS = )(15_?000)\b/g, '$11_000');
  if (shortened === code) throw new Error('the workflows no longer wait RECHECK_DELAY_MS');
  writeFileSync(codePath, shortened);
}
