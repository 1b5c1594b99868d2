/** How each kind of fault is drawn: where it strikes, how long and how hard. */

import type { SeededRandom } from '../../support/random.js';
import { type Fault, LINKS, type Link, PROCESSES, type ProcessName } from './fault.js';

export type FaultMaker = (random: SeededRandom) => Fault;

/** What can go wrong in a run. */
export interface FaultChoice {
  /** Every run has these. */
  readonly always: readonly FaultMaker[];
  /** Drawn from like cards: none comes a second time before all have come once. */
  readonly deck: readonly FaultMaker[];
}

export function kills(processes: readonly ProcessName[]): FaultMaker[] {
  return processes.map((process) => () => ({ kind: 'kill', process }));
}

export const seconds = (random: SeededRandom, least: number, most: number) =>
  random.between(least * 1_000, most * 1_000);
/** As gateways and functions answer with status 200. */
const ERROR_BODIES = [
  {},
  [],
  { msg: 'Service temporarily unavailable' },
  { message: 'Endpoint request timed out' },
  { fail: [{ code: 'err_internal', message: 'try later' }] },
  'Service temporarily unavailable',
] as const;
const PERHAPS_GZIPPED = [{}, {}, { gzipBody: true }] as const;
const LISTS = ['batch', 'audit', 'dlp', 'hold'] as const;

export function onLink(link: Link): FaultMaker[] {
  return [
    (random) => ({ kind: 'network cut', link, forMs: seconds(random, 1, 5) }),
    (random) => ({ kind: 'black hole', link, forMs: seconds(random, 1, 6) }),
    (random) => ({ kind: 'latency', link, latencyMs: random.between(20, 250), forMs: seconds(random, 3, 8) }),
    (random) => ({
      kind: 'reset',
      link,
      connections: random.between(1, 4),
      afterBytes: random.between(100, 30_000),
    }),
  ];
}

export function slowClose(links: readonly Link[]): FaultMaker {
  return (random) => ({
    kind: 'slow close',
    link: random.pick(links),
    delayMs: seconds(random, 1, 4),
    forMs: seconds(random, 3, 8),
  });
}

/** Of the worker and MongoDB, whatever the source reads. */
export const SERVER_FAULTS: readonly FaultMaker[] = [
  (random) => {
    const forMs = seconds(random, 7, 12);
    return {
      kind: 'two workers',
      victim: random.pick(['first', 'second']),
      killAfterMs: random.between(4_000, forMs),
      forMs,
    };
  },
  (random) => ({ kind: 'freeze', process: 'mongod', forMs: seconds(random, 2, 8) }),
  // Longer than the five seconds that the SDK by itself gives a workflow to answer.
  (random) => ({ kind: 'freeze', process: 'worker', forMs: seconds(random, 6, 12) }),
  (random) => ({ kind: 'step-down', forMs: seconds(random, 2, 5) }),
  (random) => ({ kind: 'disk full', forMs: seconds(random, 2, 6) }),
  (random) => ({ kind: 'unacknowledged writes', times: random.between(1, 6) }),
];

/** Of programs and people, whatever the source reads. */
export const PROGRAM_FAULTS: readonly FaultMaker[] = [
  (random) => ({ kind: 'worker of a stranger', forMs: seconds(random, 5, 10) }),
  (random) => ({ kind: 'upgrade', forMs: seconds(random, 6, 12) }),
  () => ({ kind: 'restart signal' }),
];

/** Of a source that reads Mimecast's API. */
export const API_FAULTS: FaultChoice = {
  always: kills(PROCESSES),
  deck: [
    ...LINKS.flatMap(onLink),
    slowClose(LINKS),
    ...SERVER_FAULTS,
    (random) => ({
      kind: 'corrupt gzip',
      endpoint: 'file',
      action: { corruptGzip: true },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'truncated gzip',
      endpoint: 'file',
      action: { truncateGzip: random.between(5, 95) / 100 },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'malformed line',
      endpoint: 'file',
      action: { malformedLine: random.between(0, 30) },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 3) },
    }),
    (random) => ({
      kind: 'error in place of a file',
      endpoint: 'file',
      action: { status: 200, body: random.pick(ERROR_BODIES), ...random.pick(PERHAPS_GZIPPED) },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'blank file',
      endpoint: 'file',
      action: {
        status: 200,
        body: random.pick(['', '\n', ' \r\n\r\n']),
        ...random.pick(PERHAPS_GZIPPED),
      },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'dripping body',
      endpoint: random.pick(['file', 'file', ...LISTS]),
      action: {
        drip: { afterBytes: random.between(0, 500), everyMs: random.between(100, 1_000), forMs: seconds(random, 2, 8) },
      },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: '5xx storm',
      endpoint: random.pick(['*', 'token', 'file', ...LISTS]),
      action: { status: random.pick([500, 502, 503, 504]) },
      probability: random.pick([0.5, 1]),
      extent: { forMs: seconds(random, 2, 6) },
    }),
    (random) => ({
      kind: '429 storm',
      endpoint: random.pick(['*', 'token', ...LISTS]),
      action: { rateLimited: { retryAfterSeconds: random.between(1, 3) } },
      probability: random.pick([0.5, 1]),
      extent: { forMs: seconds(random, 2, 6) },
    }),
    (random) => ({
      kind: 'token revoked',
      endpoint: random.pick(LISTS),
      action: { revokeTokens: true },
      skip: random.between(0, 3),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'URLs expired',
      endpoint: random.pick(['batch', 'file']),
      action: { expiredUrl: true },
      skip: random.between(0, 5),
      extent: { times: random.between(1, 3) },
    }),
    (random) => ({
      kind: 'token to nowhere',
      endpoint: 'batch',
      action: { poisonToken: true },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 2) },
    }),
    (random) => ({
      kind: 'endless pages',
      endpoint: 'batch',
      action: { emptyPage: true },
      probability: random.pick([0.5, 1]),
      extent: { forMs: seconds(random, 2, 6) },
    }),
    (random) => ({
      kind: 'incomplete listing',
      endpoint: random.pick(['audit', 'dlp', 'hold']),
      action: random.pick([{ shortListing: true }, { nextAsObject: true }]),
      skip: random.between(0, 3),
      extent: { times: random.between(1, 3) },
    }),
    (random) => ({
      kind: 'redirected file',
      endpoint: 'file',
      action: { redirect: true },
      skip: random.between(0, 20),
      extent: { times: random.between(1, 3) },
    }),
    ...PROGRAM_FAULTS,
  ],
};
