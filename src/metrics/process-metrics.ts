/** What every program tells of its process, under the names that dashboards for Node know. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Definitions, type Family, familiesOf } from './definition.js';

export const PROCESS_METRICS = {
  process_cpu_seconds_total: { kind: 'counter', help: 'CPU time that the process has used', labels: {} },
  process_start_time_seconds: { kind: 'gauge', help: 'When the process started, in seconds since 1970', labels: {} },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory that the process takes', labels: {} },
  nodejs_heap_size_used_bytes: { kind: 'gauge', help: 'Memory that objects take', labels: {} },
  nodejs_heap_size_total_bytes: { kind: 'gauge', help: 'Memory that is kept for objects', labels: {} },
  nodejs_external_memory_bytes: { kind: 'gauge', help: 'Memory that buffers and the like take', labels: {} },
  nodejs_eventloop_lag_seconds: {
    kind: 'gauge',
    help: 'How late timers were since the last scrape, on average',
    labels: {},
  },
  nodejs_eventloop_lag_max_seconds: {
    kind: 'gauge',
    help: 'How late the latest timer was since the last scrape',
    labels: {},
  },
} as const satisfies Definitions;

const RESOLUTION_MS = 20;
const NS_PER_S = 1e9;

export interface ProcessWatch {
  families(): Family[];
  close(): void;
}

/** Watches the event loop until it is closed. */
export function watchProcess(): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedAt = Date.now() / 1_000 - process.uptime();
  return {
    families: () => {
      const { user, system } = process.cpuUsage();
      const memory = process.memoryUsage();
      const lateness = (ns: number) => (Number.isNaN(ns) ? 0 : Math.max(0, ns / NS_PER_S - RESOLUTION_MS / 1_000));
      const { mean, max } = delay;
      delay.reset();
      return familiesOf(PROCESS_METRICS, {
        process_cpu_seconds_total: only((user + system) / 1e6),
        process_start_time_seconds: only(startedAt),
        process_resident_memory_bytes: only(memory.rss),
        nodejs_heap_size_used_bytes: only(memory.heapUsed),
        nodejs_heap_size_total_bytes: only(memory.heapTotal),
        nodejs_external_memory_bytes: only(memory.external),
        nodejs_eventloop_lag_seconds: only(lateness(mean)),
        nodejs_eventloop_lag_max_seconds: only(lateness(max)),
      });
    },
    close: () => void delay.disable(),
  };
}

function only(value: number) {
  return [{ labels: {}, value }];
}
