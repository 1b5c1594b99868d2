/** The metrics of a program, from the observer that its parts are given to the port where they are read. */

import type { Logger } from 'pino';
import type { MetricsPlace } from '../config/environment.js';
import type { Definitions, Family } from '../metrics/definition.js';
import { NO_OBSERVER, type Observer } from '../metrics/observer.js';
import { Registry } from '../metrics/registry.js';
import { textOf } from '../metrics/text.js';
import { openMetricsListener, type Watched } from './metrics-listener.js';

export interface ProgramMetrics {
  readonly observer: Observer;
  /** Opens the port, if one is configured. @throws Error naming it */
  open(): Promise<void>;
  /** Adds what is read when somebody asks. */
  addFamilies(read: () => Promise<readonly Family[]>): void;
  /** The same of what is text already. */
  addText(read: () => Promise<string>): void;
  close(): Promise<void>;
}

export interface ProgramMetricsOptions extends Pick<Watched, 'readiness'> {
  /** Default: nothing is counted and no port is opened. */
  readonly place: MetricsPlace | undefined;
  readonly definitions: Definitions;
  readonly logger: Logger;
}

export function programMetrics({ place, definitions, readiness, logger }: ProgramMetricsOptions): ProgramMetrics {
  if (place === undefined) return NO_METRICS;
  const registry = new Registry(definitions);
  const texts: (() => Promise<string>)[] = [];
  const closing: (() => unknown)[] = [];
  return {
    observer: registry,
    addFamilies: (read) => void texts.push(async () => textOf(await read())),
    addText: (read) => void texts.push(read),
    async open() {
      registry.watchProcess();
      const scrape = async () => (await Promise.all([registry.text(), ...texts.map((read) => read())])).join('\n');
      const listener = await openMetricsListener(place, { scrape, readiness }, logger);
      closing.push(() => listener.close());
      logger.info({ metrics: `${listener.address}/metrics` }, 'metrics and probes are served');
    },
    async close() {
      for (const close of closing.reverse()) await close();
    },
  };
}

const NO_METRICS: ProgramMetrics = {
  observer: NO_OBSERVER,
  open: async () => undefined,
  addFamilies: () => undefined,
  addText: () => undefined,
  close: async () => undefined,
};
