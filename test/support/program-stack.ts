/** Everything as real programs with the most talkative logs, in a folder of its own that can be searched afterwards. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutables } from '../../devstack/executables.js';
import { type GuardedProcess, spawnGuarded } from '../../devstack/guarded-process.js';
import { untilAnswering } from '../../devstack/local-service.js';
import { startMongod } from '../../devstack/mongod.js';
import { startTemporal } from '../../devstack/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { programArguments } from './program-arguments.js';
import { type CliResult, runCli } from './run-cli.js';

export interface ProgramStackOptions {
  readonly folder: string;
  readonly database: string;
  readonly secretKeys: string;
}

export interface ProgramStack {
  readonly mongodbUri: string;
  readonly temporalAddress: string;
  readonly serverUrl: string;
  /** Of the files of MongoDB, which are not compressed. */
  readonly mongodFolder: string;
  readonly temporalFolder: string;
  /** Of what all programs have written to stdout and stderr. */
  readonly logFolder: string;
  /** The command line with the servers at hand. */
  cli(...args: readonly string[]): Promise<CliResult>;
  /** Ends the worker and starts it with other keys. */
  replaceWorker(secretKeys: string): Promise<void>;
  stopPrograms(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws after stopping what had started. */
export async function startProgramStack({ folder, database, secretKeys }: ProgramStackOptions): Promise<ProgramStack> {
  const servers: { stop(): Promise<void> }[] = [];
  const programs: GuardedProcess[] = [];
  const stopPrograms = async () => void (await Promise.all(programs.splice(0).map((program) => program.stop())));
  const stop = async () => {
    await stopPrograms();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  };
  const logFolder = join(folder, 'logs');
  const log = (name: string) => join(logFolder, `${name}.log`);
  const [mongodFolder, temporalFolder] = [join(folder, 'mongodb'), join(folder, 'temporal')];
  try {
    const found = await findExecutables(['temporal', 'mongod']);
    const ports = await Promise.all(Array.from({ length: 4 }, () => choosePort(0)));
    const [mongodPort = 0, temporalPort = 0, uiPort = 0, port = 0] = ports;
    const starting = [
      startMongod({
        executable: uncompressed(found.mongod, folder),
        dataDir: mongodFolder,
        port: mongodPort,
        logFile: log('mongod'),
      }),
      startTemporal({
        executable: found.temporal,
        dbFilename: join(temporalFolder, 'temporal.db'),
        port: temporalPort,
        uiPort,
        searchAttributes: SEARCH_ATTRIBUTES,
        logFile: log('temporal'),
      }),
    ] as const;
    for (const result of await Promise.allSettled(starting))
      if (result.status === 'fulfilled') servers.push(result.value);
    const [mongod, temporal] = await Promise.all(starting);
    const env = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      MONGODB_URI: mongod.uri,
      MONGODB_DB: database,
      MIMECAST_ALLOW_INSECURE: 'true',
      MIMECAST_SECRET_KEYS: secretKeys,
      MIMECAST_DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'trace',
      DEBUG: '1',
    };
    const start = async (name: string, more: Readonly<Record<string, string>>) => {
      const options = { name, logFile: log(name), env: { ...env, ...more } };
      const program = await spawnGuarded(process.execPath, programArguments(`src/${name}.ts`), options);
      programs.push(program);
      return program;
    };
    let worker = await start('worker', {});
    await start('server', { HOST: LOOPBACK, PORT: String(port) });
    const serverUrl = `http://${LOOPBACK}:${port}`;
    await untilAnswering('The server', `${serverUrl}/api/v1/openapi.json`, AbortSignal.timeout(60_000));
    return {
      mongodbUri: mongod.uri,
      temporalAddress: temporal.address,
      serverUrl,
      mongodFolder,
      temporalFolder,
      logFolder,
      cli: (...args) => runCli(env, ...args),
      async replaceWorker(keys) {
        await worker.stop();
        worker = await start('worker', { MIMECAST_SECRET_KEYS: keys });
      },
      stopPrograms,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** MongoDB compresses its files and its journal, unless it is told not to: then they can be searched. */
function uncompressed(mongod: string, folder: string): string {
  const script = join(folder, 'mongod.sh');
  const options = '--wiredTigerCollectionBlockCompressor none --wiredTigerJournalCompressor none';
  writeFileSync(script, `#!/bin/sh\nexec "${mongod}" "$@" ${options}\n`);
  chmodSync(script, 0o755);
  return script;
}
