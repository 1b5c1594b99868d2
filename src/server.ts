/** The management server: the HTTP API, until it is told to stop (SIGINT, SIGTERM, SIGHUP). */

import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { buildApp } from './api/app.js';
import { assembleServices } from './api/assemble.js';
import { connectionFamilies } from './api/common/observed-requests.js';
import type { Api } from './api/common/services.js';
import { encrypted, renewCertificate } from './api/common/transport.js';
import { readEnvironment } from './config/environment.js';
import { readServerEnvironment, type TlsFiles } from './config/server-environment.js';
import { lazyTemporal } from './management/temporal/temporal-client.js';
import { serverReadiness } from './management/watching/readiness.js';
import { SourceWatch } from './management/watching/source-watch.js';
import { SERVER_METRICS } from './metrics/server-metrics.js';
import { orAborted, untilAborted } from './runtime/aborted.js';
import { onFreePorts } from './runtime/free-ports.js';
import { createLogger } from './runtime/logger.js';
import { onceInAWhile } from './runtime/once-in-a-while.js';
import { choosePort } from './runtime/ports.js';
import { messageOf, runProgram } from './runtime/program.js';
import { keyringOf } from './runtime/program-keyring.js';
import { programMetrics } from './runtime/program-metrics.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { stopOnSignals } from './runtime/stop-signals.js';
import { expiryNotice, readTlsPair, type TlsPair, watchTlsPair } from './runtime/tls-files.js';
import { type Collections, collectionsOf } from './store/collections.js';
import { openDatabase } from './store/database.js';
import { storeErrorFactsOf } from './store/mongo-error.js';

const DEFAULT_PORT = 8080;
const EXPIRY_TOLD_EVERY_MS = 86_400_000;
const INDEXING_PAUSE_MS = 10_000;

async function main(): Promise<void> {
  const env = environmentWithStack();
  const {
    mongodbUri,
    mongodbDb,
    installation,
    allowInsecure,
    alertHosts,
    logLevel,
    metrics: place,
  } = readEnvironment(env);
  const { port, host, ratePerSecond, temporalUiUrl, tls, isProxy } = readServerEnvironment(env);
  const logger = createLogger(logLevel, 'server');
  const { signal: stopping } = stopOnSignals((signal) => logger.info({ signal }, 'server is stopping'));
  const certificate = tls && readTlsPair(tls);
  const keyring = keyringOf(env, (text) => logger.warn(text));
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-server' });
  const temporal = lazyTemporal(env);
  const collections = collectionsOf(database, installation);
  const readiness = serverReadiness(collections, temporal.client);
  const metrics = programMetrics({ place, definitions: SERVER_METRICS, readiness, logger });
  try {
    await metrics.open();
    await refuseWrongName(collections);
    const services = assembleServices({
      collections,
      client: temporal.client,
      allowInsecure,
      alertHosts,
      keyring,
      temporalUiUrl,
      readiness,
    });
    const { observer } = metrics;
    const app = await buildApp({ services, logger, ratePerSecond, certificate, isProxy, observer });
    const watch = new SourceWatch(services);
    metrics.addFamilies(() => watch.families());
    metrics.addFamilies(() => connectionFamilies(app.server));
    const required = port !== undefined && port !== 0;
    const choose = () => choosePort(port ?? DEFAULT_PORT, { required, host });
    const asSpoken = (url: string) => (certificate === undefined ? url : encrypted(url));
    const listenTextResolver = (url: string) => `listening at ${asSpoken(url)}`;
    const listening = await onFreePorts(choose, (free) => app.listen({ host, port: free, listenTextResolver }));
    const address = asSpoken(listening);
    const endWatch = tls && certificate && watchCertificate(app, tls, certificate, logger);
    const indexing = ensureIndexes(collections, logger, stopping);
    logger.info({ address, temporal: temporal.address, database: mongodbDb }, 'server ready');
    await untilAborted(stopping);
    endWatch?.();
    await app.close();
    await indexing;
    logger.info('server stopped');
  } finally {
    await temporal.close();
    await database.close();
    await metrics.close();
  }
}

/** Whoever renews the certificate does not restart the server. @returns ends that. */
function watchCertificate(app: Api, files: TlsFiles, first: TlsPair, logger: Logger): () => void {
  const warn = onceInAWhile((text) => logger.warn(text));
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (pair: TlsPair) => {
    const notice = expiryNotice(pair);
    if (notice === undefined || Date.now() - toldAt < EXPIRY_TOLD_EVERY_MS) return;
    toldAt = Date.now();
    logger.warn(notice);
  };
  tell(first);
  return watchTlsPair(files, first, {
    onLook: tell,
    onChange: (pair) => {
      renewCertificate(app, pair);
      logger.info({ validTo: pair.validTo }, 'the certificate was renewed');
    },
    onError: (error) => warn(`the certificate is not renewed: ${messageOf(error)}`),
  });
}

/** Searches name the indexes that they need. After an upgrade MongoDB may take a while to build those that are new. */
async function ensureIndexes(collections: Collections, logger: Logger, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await orAborted(collections.ensureIndexes(), stopping);
      return;
    } catch (error) {
      if (stopping.aborted) return;
      logger.warn({ err: error }, 'the indexes could not be made; trying again');
      await pause(INDEXING_PAUSE_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** A MongoDB that is away now is asked again with the first request that needs it. @throws InstallationNameError */
async function refuseWrongName(collections: Collections): Promise<void> {
  await collections.installation().catch((error: unknown) => {
    if (storeErrorFactsOf(error) === undefined) throw error;
  });
}

await runProgram(
  new Command('server')
    .description(
      'Serves the management API under /api/v1 (PORT, default 8080; HOST, default 127.0.0.1; MIMECAST_API_RATE, ' +
        'requests per second and access key, default 20). Configured by environment: see the README.',
    )
    .action(main),
);
// What still waits for a server that is away must not keep a stopped program alive.
process.exit();
