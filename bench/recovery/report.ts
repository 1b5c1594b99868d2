/** What `recovery` has measured, and its table. All times in seconds. */

export interface Outage {
  readonly name: string;
  /** Events of the histories when it began. */
  readonly median: number;
  readonly longest: number;
  /** Until half, 99 % and all of the sources were polled again. */
  readonly half: number;
  readonly most: number;
  readonly all: number;
  /** CPU time of the worker until then. */
  readonly cpu: number;
  /** Workflow tasks that took longer than Temporal allows. */
  readonly late: number;
}

export interface Measured {
  readonly sources: number;
  readonly pollSeconds: number;
  readonly machine: string;
  /** Resident memory of the worker at the end. */
  readonly workerMiB: number;
  readonly outages: readonly Outage[];
}

const HEAD = ['', 'events', 'longest', 'half', '99 %', 'all', 'CPU', 'tasks over the limit'];

export function text({ sources, pollSeconds, machine, workerMiB, outages }: Measured): string {
  const rows = outages.map(({ name, median, longest, half, most, all, cpu, late }) => [
    name,
    ...[median, longest].map(String),
    ...[half, most, all, cpu].map((seconds) => `${seconds.toFixed(1)} s`),
    String(late),
  ]);
  const table = [HEAD, HEAD.map((_, index) => (index === 0 ? ':--' : '--:')), ...rows];
  return [
    `${sources} sources of 13 streams, polled every ${pollSeconds} s; ${machine}; worker ${workerMiB} MiB at the end`,
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}
