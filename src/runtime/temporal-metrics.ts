/**
 * The figures of Temporal's SDK. It can only serve them on a port of its own, which is one of the loopback interface here:
 * what is read there stands in the same answer as our own metrics.
 */

import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { onFreePorts } from './free-ports.js';
import { installTemporalLogger } from './logger.js';
import { choosePort, LOOPBACK } from './ports.js';

/** It is in this process and answers within milliseconds. */
const ANSWER_LIMIT_MS = 5_000;

/** In place of `installTemporalLogger`. @returns reads the figures, in Prometheus's text format */
export async function installMeasuredTemporal(logger: Logger): Promise<() => Promise<string>> {
  const choose = () => choosePort(0);
  const port = await onFreePorts(choose, async (free) => {
    try {
      installTemporalLogger(logger, `${LOOPBACK}:${free}`);
      return free;
    } catch (error) {
      throw isPortLost(error)
        ? Object.assign(new Error(String(error), { cause: error }), { code: 'EADDRINUSE' })
        : error;
    }
  });
  return () => read(port);
}

/** It says so in words only. */
function isPortLost(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Address already in use');
}

async function read(port: number): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    // Without an agent no proxy of the environment comes in between.
    const asked = get({ host: LOOPBACK, port, path: '/metrics', agent: false, timeout: ANSWER_LIMIT_MS });
    asked.on('timeout', () => asked.destroy(new Error('Temporal’s SDK does not tell its figures')));
    asked.on('response', resolve);
    asked.on('error', reject);
  });
  return text(response);
}
