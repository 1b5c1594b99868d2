import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvidedContext } from 'vitest';
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

interface Servers {
  readonly provided: ProvidedContext;
  stop(): Promise<void>;
}

/** The servers of this run, and how many of Vitest's projects still use them. */
let shared: Promise<Servers> | undefined;
let users = 0;

/** One MongoDB and one Temporal for all projects of a run that need them. Vitest calls it only for those that have tests. */
export default async function useServers(project: TestProject): Promise<() => Promise<void>> {
  users += 1;
  shared ??= startServers();
  const { provided, stop } = await shared;
  for (const key of Object.keys(provided) as (keyof ProvidedContext)[]) project.provide(key, provided[key]);
  return async () => {
    users -= 1;
    if (users === 0) await stop();
  };
}

async function startServers(): Promise<Servers> {
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
  return {
    provided: {
      mongodbUri: mongod.uri,
      temporalAddress: temporal.address,
      temporalNamespace: temporal.namespace,
      testServer: found['temporal-test-server'],
      workflowBundle: bundle,
      compiledRoot: await compiled(join(folder.path, 'built'), bundle),
    },
    stop: async () => {
      await Promise.all([mongod.stop(), temporal.stop()]);
      folder.remove();
    },
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
