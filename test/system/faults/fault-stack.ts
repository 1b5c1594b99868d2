/** All that a source needs, as real processes on this machine, with a proxy between the worker and each of the others. */

import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { DataFolder } from '../../../devstack/data-folder.js';
import { findExecutables } from '../../../devstack/executables.js';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import { type RunningMongod, startMongod } from '../../../devstack/mongod.js';
import { type SimulatorProcess, startSimulatorProcess } from '../../../devstack/simulator-process.js';
import { type RunningTemporal, startTemporal } from '../../../devstack/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../../src/domain/contract/contract.js';
import type { WorkerVersion } from '../../../src/domain/contract/worker-version.js';
import { present } from '../../../src/domain/present.js';
import { choosePort, LOOPBACK } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { TEST_KEYS } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';
import { type BucketServers, startBucketServers } from './buckets/bucket-servers.js';
import { LINKS, type Link, type PROCESSES, type ProcessName } from './fault.js';
import { FaultProxy } from './fault-proxy.js';
import { Member, type SelfEnd } from './members.js';

export const DATABASE = 'mimecast';

export interface FaultStackOptions {
  /** Of data and logs. */
  readonly folder: string;
  /** Whether the workers have versions; needed for an upgrade. */
  readonly versioned: boolean;
  /** Arguments of the simulator, without port and data folder. */
  readonly simulatorArguments: readonly string[];
  /** Whether there are a store and a queue. Default false. */
  readonly withBuckets?: boolean;
  readonly onNotice: (text: string) => void;
}

type Server = RunningMongod | RunningTemporal | SimulatorProcess | Awaited<ReturnType<typeof spawnGuarded>>;
type CoreMembers = Readonly<Record<(typeof PROCESSES)[number], Member<Server>>>;
type CoreLinks = Readonly<Record<(typeof LINKS)[number], FaultProxy>>;

export interface FaultStack {
  readonly members: CoreMembers & Readonly<Partial<Record<ProcessName, Member<Server>>>>;
  readonly links: CoreLinks & Readonly<Partial<Record<Link, FaultProxy>>>;
  /** With `withBuckets`. */
  readonly buckets?: BucketServers;
  /** Addresses that lead around the proxies. */
  readonly mongodbUri: string;
  readonly temporalAddress: string;
  readonly simulatorUrl: () => string;
  /** Address of Mimecast's API, through its proxy. */
  readonly apiUrl: string;
  /** Ends that nobody asked for. */
  readonly selfEnds: readonly SelfEnd[];
  /** Log files of all workers. */
  readonly workerLogs: readonly string[];
  /** One more worker. */
  startSecondWorker(): Promise<{ readonly member: Member<Server>; stop(): Promise<void> }>;
  /** A worker of another installation on the same Temporal namespace. @returns ends it. */
  startStranger(): Promise<() => Promise<void>>;
  /** Rolls a new version of the worker over the source; after `forMs` the old one is replaced, too. */
  upgrade(forMs: number): Promise<void>;
  /** Starts the simulator again without live traffic: what it holds then is all that there will be. */
  freezeTraffic(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws after stopping what had started. */
export async function startFaultStack(options: FaultStackOptions): Promise<FaultStack> {
  const closing: (() => Promise<void>)[] = [];
  const stop = async () => {
    // In reverse: whoever uses a server ends before it.
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    return { ...(await startAll(options, closing)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  { folder, simulatorArguments, onNotice, versioned, withBuckets = false }: FaultStackOptions,
  closing: (() => Promise<void>)[],
): Promise<Omit<FaultStack, 'stop'>> {
  const data = dataFolder(folder);
  const selfEnds: SelfEnd[] = [];
  const found = await findExecutables(['temporal', 'mongod'], { onProgress: onNotice });
  const [mongodPort, temporalPort, uiPort] = await Promise.all([choosePort(0), choosePort(0), choosePort(0)]);
  let trafficArguments = simulatorArguments;
  const keep = async <T extends Server>(name: string, start: () => Promise<T>) => {
    const { member, supervised } = await Member.start(name, start, selfEnds, onNotice);
    closing.push(() => supervised.stop());
    return { member, supervised };
  };
  const [mongod, temporal, simulator] = await allStarted([
    keep('mongod', () =>
      startMongod({
        executable: found.mongod,
        dataDir: data.file('mongodb'),
        logFile: data.file('logs/mongod.log'),
        port: mongodPort,
        // Makes fail points possible.
        parameters: { enableTestCommands: '1' },
      }),
    ),
    keep('temporal', () =>
      startTemporal({
        executable: found.temporal,
        dbFilename: data.file('temporal/temporal.db'),
        searchAttributes: SEARCH_ATTRIBUTES,
        logFile: data.file('logs/temporal.log'),
        port: temporalPort,
        uiPort,
      }),
    ),
    keep('simulator', () => startSimulatorProcess(data, trafficArguments)),
  ]);
  const simulatorUrl = () => simulator.supervised.current.url;
  const links = await startLinks({
    api: () => Number(new URL(simulatorUrl()).port),
    mongodb: () => mongodPort,
    temporal: () => temporalPort,
  });
  closing.push(async () => void (await Promise.all(LINKS.map((link) => links[link].close()))));
  const servers = { folder, selfEnds, onNotice, closing };
  const buckets = withBuckets ? await startBucketServers(servers) : undefined;
  const { uri, port } = mongod.supervised.current;
  const env = {
    TEMPORAL_ADDRESS: `${LOOPBACK}:${links.temporal.port}`,
    TEMPORAL_NAMESPACE: 'default',
    MONGODB_URI: uri.replace(`:${port}/`, `:${links.mongodb.port}/`),
    MONGODB_DB: DATABASE,
    MIMECAST_ALLOW_INSECURE: 'true',
    MIMECAST_SECRET_KEYS: TEST_KEYS,
  };
  const workerLogs = [data.file('logs/worker.log'), data.file('logs/second-worker.log')] as const;
  let build = 1;
  const versionedEnv = () => ({ ...env, ...(versioned ? environmentOf(versionOf(build)) : {}) });
  const worker = await keep('worker', () => startWorker(workerLogs[0], versionedEnv()));
  const temporalAddress = `${LOOPBACK}:${temporalPort}`;
  if (versioned) await makeCurrent(temporalAddress, versionOf(build));
  const startSecondWorker = async () => {
    const { member, supervised } = await keep('second worker', () => startWorker(workerLogs[1], versionedEnv()));
    return { member, stop: () => supervised.stop() };
  };
  return {
    members: {
      ...{ worker: worker.member, mongod: mongod.member, temporal: temporal.member, simulator: simulator.member },
      ...(buckets === undefined ? {} : { s3: buckets.store }),
    },
    links: { ...links, ...buckets?.links },
    ...present({ buckets }),
    mongodbUri: uri,
    temporalAddress,
    simulatorUrl,
    apiUrl: `http://${LOOPBACK}:${links.api.port}`,
    selfEnds,
    workerLogs,
    startSecondWorker,
    async startStranger() {
      const log = data.file('logs/stranger.log');
      const { supervised } = await keep('stranger', () => startWorker(log, { ...env, ...STRANGER }));
      return () => supervised.stop();
    },
    async upgrade(forMs) {
      build += 1;
      const second = await startSecondWorker();
      await makeCurrent(temporalAddress, versionOf(build));
      await new Promise((resolve) => setTimeout(resolve, forMs));
      // Comes back as the new version.
      await worker.member.signal('SIGTERM');
      await second.stop();
    },
    async freezeTraffic() {
      trafficArguments = [...simulatorArguments, '--frozen'];
      const before = simulator.supervised.current;
      await simulator.member.signal('SIGTERM');
      while (simulator.supervised.current === before) await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}

const STRANGER = { MONGODB_DB: 'stranger', MIMECAST_SECRET_KEYS: `stranger:${Buffer.alloc(32, 9).toString('base64')}` };

const versionOf = (build: number): WorkerVersion => ({ deploymentName: 'faults', buildId: String(build) });

const environmentOf = ({ deploymentName, buildId }: WorkerVersion) => ({
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: buildId,
});

/** As an operator does, and again until the version is known; past the proxies. */
async function makeCurrent(address: string, version: WorkerVersion): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const set = () =>
      connection.workflowService
        .setWorkerDeploymentCurrentVersion({ namespace: 'default', identity: 'operator', ...version })
        .then(
          () => 'done',
          (error: Error) => error.message,
        );
    await until(set, (outcome) => outcome === 'done', { limitMs: 90_000, everyMs: 200 });
  } finally {
    await connection.close();
  }
}

function startWorker(logFile: string, env: Readonly<Record<string, string>>) {
  const program = [join(projectRoot(), 'scripts/run.mjs'), 'src/worker.ts'];
  return spawnGuarded(process.execPath, program, { name: 'worker', logFile, env });
}

/** Nobody else knows the folder, so it needs no lock. */
function dataFolder(path: string): DataFolder {
  return { path, file: (name) => join(path, name), release: () => undefined };
}

async function startLinks(ports: Readonly<Record<keyof CoreLinks, () => number>>): Promise<CoreLinks> {
  const proxies = await Promise.all(LINKS.map(async (link) => [link, await FaultProxy.listen(ports[link])] as const));
  return Object.fromEntries(proxies) as Record<keyof CoreLinks, FaultProxy>;
}

/** Waits for all before it throws, so that a server that is still starting can be stopped. */
async function allStarted<const T extends readonly Promise<unknown>[]>(starting: T) {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}
