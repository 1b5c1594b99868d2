/** What `ingest` measured, for people. */

import type { Speed } from './worker-rounds.js';

export interface Round {
  readonly mongodb: Speed;
  readonly loop: Speed;
  readonly indicatorLoop: Speed;
  readonly mongoimport: Pick<Speed, 'recordsPerSecond'> | undefined;
  readonly fresh: Speed;
  readonly again: Speed;
  readonly withRules: Speed;
}

export interface Measured {
  readonly machine: string;
  readonly records: number;
  readonly bytesPerRecord: number;
  readonly rounds: readonly Round[];
  /** Records per second. */
  readonly median: Readonly<Partial<Record<keyof Round, number>>>;
}

const TITLES: Readonly<Record<keyof Round, string>> = {
  mongodb: 'MongoDB alone: the same documents, prepared in memory',
  loop: 'bare loop: read, unzip, parse, hash, insert',
  indicatorLoop: 'bare loop, indicators included',
  mongoimport: 'mongoimport (no indexes)',
  fresh: 'worker and workflow',
  withRules: 'worker, with an exclude, a mask and a hash',
  again: 'worker, records that are stored already',
};

export function medianOf(rounds: readonly Round[]): Measured['median'] {
  const medians: Partial<Record<keyof Round, number>> = {};
  for (const key of Object.keys(TITLES) as (keyof Round)[]) {
    const sorted = rounds.flatMap((round) => round[key]?.recordsPerSecond ?? []).toSorted((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    if (middle !== undefined) medians[key] = Math.round(middle);
  }
  return medians;
}

export function text({ machine, records, bytesPerRecord, rounds, median }: Measured): string {
  const { loop = Number.NaN, indicatorLoop = Number.NaN, mongodb = Number.NaN } = median;
  const lines = (Object.entries(TITLES) as [keyof Round, string][]).flatMap(([key, title]) => {
    const speed = median[key];
    if (speed === undefined) return [];
    const cpu = rounds
      .map((round) => round[key])
      .flatMap((each) => (each && 'cpuMicros' in each ? each.cpuMicros : []));
    const micros = cpu.toSorted((a, b) => a - b)[Math.floor(cpu.length / 2)];
    const ratios = [mongodb, loop, indicatorLoop].map((floor) => (speed / floor).toFixed(2));
    return `| ${title} | ${speed.toLocaleString('en')} | ${micros === undefined ? '' : `${micros.toFixed(0)} µs`} | ${ratios.join(' | ')} |`;
  });
  return [
    `${records.toLocaleString('en')} records of ${Math.round(bytesPerRecord)} bytes, medians of ${rounds.length} rounds; ${machine}`,
    '',
    '| | records per second | processor per record | to MongoDB alone | to the bare loop | to that with indicators |',
    '|:--|--:|--:|--:|--:|--:|',
    ...lines,
  ].join('\n');
}
