/** Gauges that are read when they are asked for, as Prometheus reads them: its text format 0.0.4. */

import { Gauge, Registry } from 'prom-client';
import type { Family } from './definition.js';

export const TEXT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export function textOf(families: readonly Family[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, labelNames, samples } of families) {
    const gauge = new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
    // One without labels begins as 0, and nothing is not known to be none.
    gauge.reset();
    if (labelNames.length === 0) gauge.remove();
    for (const { labels, value } of samples) gauge.set(labels, value);
  }
  return registry.metrics();
}
