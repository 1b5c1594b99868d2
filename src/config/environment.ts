/** A process's environment, read once at start: every mistake is named at once. */

import { z } from 'zod';
import { INSTALLATION_NAME } from '../domain/contract/installation.js';
import type { WorkerVersion } from '../domain/contract/worker-version.js';
import { proxiesOf } from '../domain/hosts/proxies.js';
import { mistakesOf } from './mistakes.js';
import { hostAddress, hostNames, port, refuseAlone } from './variables.js';

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true');

const variables = z.object({
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/./, 'must be an address such as mongodb://127.0.0.1:27017')
    .optional(),
  MONGODB_DB: z
    .string()
    .regex(/^[^/\\. "$*<>:|?]{1,63}$/, 'must be a database name of at most 63 characters, without / \\ . " $ or spaces')
    .default('mimecast'),
  MIMECAST_INSTALLATION: z
    .string()
    .regex(
      INSTALLATION_NAME,
      'must be a name of at most 32 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen',
    )
    .optional(),
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .regex(/^[^.:\s]{1,200}$/, 'must be a name of at most 200 characters, without dots, colons or spaces')
    .optional(),
  TEMPORAL_WORKER_BUILD_ID: z
    .string()
    .regex(/^\S{1,200}$/, 'must be the ID of a build: at most 200 characters, without spaces')
    .optional(),
  MIMECAST_ALLOW_INSECURE: flag.default(false),
  MIMECAST_ALERT_HOSTS: hostNames.default([]),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  METRICS_PORT: port.optional(),
  METRICS_HOST: hostAddress.optional(),
});

const environment = variables.check((given) => {
  const { METRICS_PORT, METRICS_HOST } = given.value;
  if (METRICS_HOST !== undefined && METRICS_PORT === undefined) {
    const message = 'needed together with METRICS_HOST';
    given.issues.push({ code: 'custom', input: undefined, path: ['METRICS_PORT'], message });
  }
  refuseAlone(given, 'TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID');
});

export interface Environment {
  /** Default `mongodb://127.0.0.1:27017`, as MongoDB's own tools have it. */
  readonly mongodbUri: string;
  readonly mongodbDb: string;
  /** Keeps the workflows of several installations on one Temporal namespace apart; default the name that MongoDB has. */
  readonly installation: string | undefined;
  /** Of a worker of a versioned deployment; default none. */
  readonly workerVersion: WorkerVersion | undefined;
  readonly allowInsecure: boolean;
  /** Hosts of a private network that alerts may be sent to; default none. */
  readonly alertHosts: ReadonlySet<string>;
  readonly logLevel: string;
  /** Where metrics and probes are served; default nowhere. */
  readonly metrics: MetricsPlace | undefined;
}

export interface MetricsPlace {
  /** 0: a free one. */
  readonly port: number;
  /** Default 127.0.0.1: whoever reaches it can read the metrics. */
  readonly host: string;
}

/** @throws Error naming every variable that is wrong, one line each. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  const ofProxies = proxiesOf(given).mistakes;
  const mistakes = result.success ? ofProxies : [...mistakesOf(result.error, given), ...ofProxies];
  if (!result.success || mistakes.length > 0) {
    throw new Error(`Invalid environment variables:\n  ${mistakes.join('\n  ')}`);
  }
  const { MONGODB_URI, MONGODB_DB, MIMECAST_INSTALLATION, MIMECAST_ALLOW_INSECURE, MIMECAST_ALERT_HOSTS, LOG_LEVEL } =
    result.data;
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = result.data;
  const { METRICS_PORT, METRICS_HOST = '127.0.0.1' } = result.data;
  return {
    mongodbUri: MONGODB_URI ?? 'mongodb://127.0.0.1:27017',
    mongodbDb: MONGODB_DB,
    installation: MIMECAST_INSTALLATION,
    workerVersion: deploymentName === undefined || buildId === undefined ? undefined : { deploymentName, buildId },
    allowInsecure: MIMECAST_ALLOW_INSECURE,
    alertHosts: new Set(MIMECAST_ALERT_HOSTS),
    logLevel: LOG_LEVEL,
    metrics: METRICS_PORT === undefined ? undefined : { port: METRICS_PORT, host: METRICS_HOST },
  };
}
