/** The faults that a run can meet, as values: what the schedule is made of and what the injector carries out. */

import type { FaultAction, FaultEndpoint } from '../../../simulator/protocol/fault.js';
import type { GateName, GateRule } from './buckets/gate-rules.js';

/** The processes of a run. */
export const PROCESSES = ['worker', 'mongod', 'temporal', 'simulator'] as const;
/** Those of a run with buckets; the queue is not one of them, since its server would forget its messages. */
export const BUCKET_PROCESSES = [...PROCESSES, 's3'] as const;
export type ProcessName = (typeof BUCKET_PROCESSES)[number];

/** Those that a run pauses. */
export type FrozenName = Extract<ProcessName, 'worker' | 'mongod' | 's3'>;

/** The worker's ways to the others; each leads through a proxy. `api` carries Mimecast's API and the log files. */
export const LINKS = ['api', 'mongodb', 'temporal'] as const;
/** Those that only a run with buckets has. */
export const BUCKET_LINKS = ['s3', 'sqs'] as const;
export type Link = (typeof LINKS)[number] | (typeof BUCKET_LINKS)[number];

/** All times in milliseconds. */
export type Fault =
  /** SIGKILL; the process is started again after a second. */
  | { readonly kind: 'kill'; readonly process: ProcessName }
  /** A second worker joins; after `killAfterMs` one of the two gets a SIGKILL, and at the end the second leaves. */
  | {
      readonly kind: 'two workers';
      readonly victim: 'first' | 'second';
      readonly killAfterMs: number;
      readonly forMs: number;
    }
  /** SIGSTOP, and SIGCONT at the end. */
  | { readonly kind: 'freeze'; readonly process: FrozenName; readonly forMs: number }
  /** `replSetStepDown`: no primary for so long. */
  | { readonly kind: 'step-down'; readonly forMs: number }
  /** mongod answers each write with `OutOfDiskSpace`. */
  | { readonly kind: 'disk full'; readonly forMs: number }
  /** So many writes are carried out but not acknowledged by the majority. */
  | { readonly kind: 'unacknowledged writes'; readonly times: number }
  /** All connections of the link are cut and new ones refused. */
  | { readonly kind: 'network cut'; readonly link: Link; readonly forMs: number }
  /** The link takes connections and passes nothing on. */
  | { readonly kind: 'black hole'; readonly link: Link; readonly forMs: number }
  /** Every chunk of the link is late, in both directions. */
  | { readonly kind: 'latency'; readonly link: Link; readonly latencyMs: number; readonly forMs: number }
  /** Ends of connections are passed on late. */
  | { readonly kind: 'slow close'; readonly link: Link; readonly delayMs: number; readonly forMs: number }
  /** So many connections of the link are reset after so many bytes of what the other side sends. */
  | { readonly kind: 'reset'; readonly link: Link; readonly connections: number; readonly afterBytes: number }
  /** The simulator does this to requests: `times` of them, or all of them for `forMs`. */
  | {
      readonly kind: ApiFaultKind;
      readonly endpoint: FaultEndpoint;
      readonly action: FaultAction;
      readonly skip?: number;
      readonly probability?: number;
      readonly extent: { readonly times: number } | { readonly forMs: number };
    }
  /** A gate does this to so many requests for the store or the queue. */
  | { readonly kind: GateFaultKind; readonly gate: GateName; readonly rule: GateRule; readonly times: number }
  /** Whoever writes the bucket does this to so many objects. */
  | { readonly kind: BucketFaultKind; readonly objects: number }
  /** A worker of another installation, with a database and keys of its own, joins for a while. */
  | { readonly kind: 'worker of a stranger'; readonly forMs: number }
  /** A worker of a new version joins, its version becomes the current one, and at the end the first one follows. */
  | { readonly kind: 'upgrade'; readonly forMs: number }
  /** The signal `restart` to the source. */
  | { readonly kind: 'restart signal' };

export const API_FAULT_KINDS = [
  'corrupt gzip',
  'truncated gzip',
  'malformed line',
  'error in place of a file',
  'blank file',
  'dripping body',
  '5xx storm',
  '429 storm',
  'token revoked',
  'token to nowhere',
  'endless pages',
  'incomplete listing',
  'redirected file',
  'URLs expired',
] as const;
export type ApiFaultKind = (typeof API_FAULT_KINDS)[number];

export const GATE_FAULT_KINDS = [
  's3 errors',
  'slow down',
  'cut object',
  'cut listing',
  'lost answer of a write',
  'queue errors',
  'lost answer of the queue',
  'redelivered messages',
] as const;
export type GateFaultKind = (typeof GATE_FAULT_KINDS)[number];

export const BUCKET_FAULT_KINDS = [
  /** Written cut off in the middle of its gzip, and whole later. */
  'truncated object',
  /** Written with lines that are cut off, and whole later. */
  'broken lines',
  /** Under a key that stands before others that were read. */
  'late key',
  /** Under the prefix of a day long past. */
  'old date',
  /** Written again, with more records. */
  'overwritten object',
  /** Written, and deleted at once. */
  'deleted object',
  /** Deleted while somebody asks for it. */
  'vanishing object',
  /** Nobody announces it. */
  'lost notification',
  /** Announced several times. */
  'repeated notification',
  /** Announced before it is there. */
  'early notification',
] as const;
export type BucketFaultKind = (typeof BUCKET_FAULT_KINDS)[number];

export type GateFault = Extract<Fault, { readonly gate: GateName }>;
export type BucketFault = Extract<Fault, { readonly objects: number }>;

export type ApiFault = Extract<Fault, { readonly endpoint: FaultEndpoint }>;

export function isApiFault(fault: Fault): fault is ApiFault {
  return 'endpoint' in fault;
}

export function isGateFault(fault: Fault): fault is GateFault {
  return 'gate' in fault;
}

export function isBucketFault(fault: Fault): fault is BucketFault {
  return 'objects' in fault;
}

/** How the fault is named in tables: `kill mongod`, `latency api`, `disk full`. */
export function labelOf(fault: Fault): string {
  if ('process' in fault) return `${fault.kind} ${fault.process}`;
  return 'link' in fault ? `${fault.kind} ${fault.link}` : fault.kind;
}

/** How long it lasts, in milliseconds; 0 when it is over at once or when its count is used up. */
export function lengthOf(fault: Fault): number {
  if ('extent' in fault) return 'forMs' in fault.extent ? fault.extent.forMs : 0;
  return 'forMs' in fault ? fault.forMs : 0;
}

/** The same, at most so long. */
export function shortened(fault: Fault, mostMs: number): Fault {
  if (lengthOf(fault) <= mostMs) return fault;
  if (isApiFault(fault)) return { ...fault, extent: { forMs: mostMs } };
  if (fault.kind === 'two workers') {
    return { ...fault, forMs: mostMs, killAfterMs: Math.min(fault.killAfterMs, mostMs) };
  }
  return 'forMs' in fault ? { ...fault, forMs: mostMs } : fault;
}
