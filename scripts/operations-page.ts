/** The tables in docs/operations.md: of permissions, from the definitions of the streams, and of metrics, from theirs. */

import { DEFINITIONS } from '../src/domain/streams/definitions/list.js';
import type { Definitions } from '../src/metrics/definition.js';
import { CONNECTION_METRICS, SERVER_METRICS, SOURCE_METRICS, WORKERS_METRIC } from '../src/metrics/server-metrics.js';
import { WORKER_METRICS } from '../src/metrics/worker-metrics.js';
import { withTable } from './generated-table.js';

export const OPERATIONS_PAGE = 'docs/operations.md';

export function operationsPage(): string {
  const permissions = withTable(OPERATIONS_PAGE, 'src/domain/streams/definitions/', permissionTable());
  return withTable(OPERATIONS_PAGE, 'src/metrics/', metricTable(), permissions);
}

function permissionTable(): string {
  const rows = new Map<string, string[]>();
  for (const { name, product, permission } of DEFINITIONS) {
    const needed = `${product} | ${permission}`;
    rows.set(needed, [...(rows.get(needed) ?? []), `\`${name}\``]);
  }
  return [
    '| streams | product | permission of the role |',
    '|---|---|---|',
    ...[...rows].map(([needed, streams]) => `| ${streams.join(', ')} | ${needed} |`),
  ].join('\n');
}

function metricTable(): string {
  return [
    '| metric | of | kind | labels | meaning |',
    '|---|---|---|---|---|',
    ...metricRows('worker', WORKER_METRICS),
    ...metricRows('server', { ...SOURCE_METRICS, ...WORKERS_METRIC, ...SERVER_METRICS, ...CONNECTION_METRICS }),
  ].join('\n');
}

function metricRows(program: string, definitions: Definitions): string[] {
  return Object.entries(definitions).map(([name, { kind, help, labels }]) => {
    const shown = Object.keys(labels).map((label) => `\`${label}\``);
    return `| \`${name}\` | ${program} | ${kind} | ${shown.join(', ') || '–'} | ${help} |`;
  });
}
