/** One log for the program, its activities and workflows, and Temporal's core: JSON lines on stderr. */

import {
  DefaultLogger,
  type LogEntry,
  type MetricsExporterConfig,
  makeTelemetryFilterString,
  Runtime,
} from '@temporalio/worker';
import { destination, type Logger, pino } from 'pino';
import { present } from '../domain/present.js';
import { isLostOutput } from './stop-signals.js';

/** @param level as `LOG_LEVEL` has it. */
export function createLogger(level: string, name: string): Logger {
  const output = destination({ fd: 2, sync: false });
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (!isLostOutput(error)) throw error;
  });
  return pino({ level, name, base: { pid: process.pid } }, output);
}

/**
 * Sends Temporal's own log through ours. To be called once, before any connection or worker is made.
 *
 * @param metricsAddress where the SDK serves its figures. Default nowhere.
 */
export function installTemporalLogger(logger: Logger, metricsAddress?: string): void {
  Runtime.install({
    // Programs listen to signals themselves, all in the same way.
    shutdownSignals: [],
    logger: new DefaultLogger('TRACE', (entry) => write(logger, entry)),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN' }) },
      ...(metricsAddress === undefined ? {} : { metrics: metricsAt(metricsAddress) }),
    },
  });
}

/** Under the names that Prometheus asks for: `_total` behind counters, and units, which are seconds. */
function metricsAt(bindAddress: string): MetricsExporterConfig {
  const prometheus = { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
  return { attachServiceName: false, prometheus };
}

function write(logger: Logger, { level, message, meta }: LogEntry): void {
  const { error, ...rest } = meta ?? {};
  logger[LEVELS[level]]({ ...rest, ...present({ err: error }) }, message);
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
