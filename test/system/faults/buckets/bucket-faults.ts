/** What can go wrong in a run of sources that read and write buckets. */

import { BUCKET_FAULT_KINDS, BUCKET_LINKS, BUCKET_PROCESSES, type Link } from '../fault.js';
import {
  type FaultChoice,
  type FaultMaker,
  kills,
  onLink,
  PROGRAM_FAULTS,
  SERVER_FAULTS,
  seconds,
  slowClose,
} from '../fault-makers.js';
import type { Operation } from './gate-rules.js';

const LINKS_OF_BUCKETS: readonly Link[] = [...BUCKET_LINKS, 'mongodb', 'temporal'];
/** Only together with others, which use up the count: an export that fails many times in a row waits longer and longer. */
const OF_STORES: readonly Operation[] = ['list', 'read', 'look', 'write'];
const OF_QUEUES: readonly Operation[] = ['receive', 'delete', 'hide'];
const ERRORS = [
  { status: 500, code: 'InternalError' },
  { status: 503, code: 'ServiceUnavailable' },
  { status: 502, code: 'BadGateway' },
  { status: 504, code: 'GatewayTimeout' },
] as const;

/** Of the objects. */
const OBJECT_FAULTS: readonly FaultMaker[] = BUCKET_FAULT_KINDS.map((kind) => (random) => ({
  ...{ kind, objects: random.between(1, 4) },
}));

/** Of the store and the queue, and on the way to them. Counted, so that they strike though a worker is away when they begin. */
const GATE_FAULTS: readonly FaultMaker[] = [
  (random) => ({
    ...{ kind: 's3 errors', gate: 's3' },
    rule: {
      operations: random.pick([OF_STORES, ['list'], ['read'], ['look']]),
      action: { refuse: random.pick(ERRORS) },
      probability: random.pick([0.5, 1]),
    },
    times: random.between(5, 30),
  }),
  (random) => ({
    ...{ kind: 'slow down', gate: 's3' },
    rule: {
      operations: OF_STORES,
      action: { refuse: { status: 503, code: 'SlowDown' } },
      probability: random.pick([0.3, 0.7, 1]),
    },
    times: random.between(5, 30),
  }),
  (random) => ({
    ...{ kind: 'cut object', gate: 's3' },
    rule: { operations: ['read'], action: { cutAfterBytes: random.between(0, 1_000) } },
    times: random.between(2, 8),
  }),
  (random) => ({
    ...{ kind: 'cut listing', gate: 's3' },
    rule: { operations: ['list'], action: { cutAfterBytes: random.between(0, 20_000) } },
    times: random.between(2, 8),
  }),
  (random) => ({
    ...{ kind: 'lost answer of a write', gate: 's3' },
    rule: { operations: ['write'], action: { loseAnswer: true } },
    times: random.between(1, 3),
  }),
  (random) => ({
    ...{ kind: 'queue errors', gate: 'sqs' },
    rule: {
      operations: random.pick([OF_QUEUES, ...OF_QUEUES.map((one) => [one])]),
      action: { refuse: random.pick(ERRORS) },
      probability: random.pick([0.5, 1]),
    },
    times: random.between(3, 20),
  }),
  (random) => ({
    ...{ kind: 'lost answer of the queue', gate: 'sqs' },
    rule: { operations: random.pick([['receive'], ['delete']]), action: { loseAnswer: true } },
    times: random.between(2, 6),
  }),
  (random) => ({
    ...{ kind: 'redelivered messages', gate: 'sqs' },
    rule: { operations: ['receive', 'hide'], action: { hideSeconds: random.between(0, 1) } },
    times: random.between(5, 40),
  }),
];

export const BUCKET_FAULTS: FaultChoice = {
  always: [...kills(BUCKET_PROCESSES), ...OBJECT_FAULTS, ...GATE_FAULTS],
  deck: [
    ...LINKS_OF_BUCKETS.flatMap(onLink),
    slowClose(LINKS_OF_BUCKETS),
    (random) => ({ kind: 'freeze', process: 's3', forMs: seconds(random, 2, 8) }),
    ...SERVER_FAULTS,
    ...PROGRAM_FAULTS,
  ],
};
