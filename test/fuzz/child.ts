/** Runs inputs of targets in a thread of its own, which is ended when one of them takes too long. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { inputOf } from './mutate.js';
import type { FuzzTarget } from './target.js';

export interface ThreadData {
  /** The module that exports `TARGETS`. */
  readonly module: string;
  /** The number of the input that is being read, plus one; 0 between two batches. */
  readonly current: SharedArrayBuffer;
}

/** Inputs of a target by their numbers, or one as it is. */
export type Order = { readonly target: string } & (
  | { readonly kind: 'batch'; readonly seed: number; readonly from: number; readonly to: number }
  | { readonly kind: 'input'; readonly bytes: Uint8Array }
);

export interface Failed {
  /** Undefined for an input that was given as it is. */
  readonly number?: number;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export interface Answer {
  readonly ran: number;
  readonly failed?: Failed;
  /** Bytes in use after a collection of garbage. */
  readonly heap: number;
}

const { module, current } = workerData as ThreadData;
const { TARGETS }: { readonly TARGETS: readonly FuzzTarget[] } = await import(module);
const reading = new Int32Array(current);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function failureOf(target: FuzzTarget, input: Uint8Array, number?: number): Promise<Failed | undefined> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    return { ...(number === undefined ? {} : { number }), name, message: message.slice(0, 2_000), stack };
  }
}

async function run(order: Order): Promise<Omit<Answer, 'heap'>> {
  const target = TARGETS.find(({ name }) => name === order.target);
  if (target === undefined) throw new Error(`there is no target ${order.target}`);
  if (order.kind === 'input') {
    const failed = await failureOf(target, order.bytes);
    return { ran: 1, ...(failed && { failed }) };
  }
  const { seed, from, to } = order;
  for (let number = from; number < to; number += 1) {
    Atomics.store(reading, 0, number + 1);
    const failed = await failureOf(target, inputOf(target, seed, number), number);
    if (failed !== undefined) return { ran: number - from + 1, failed };
  }
  Atomics.store(reading, 0, 0);
  return { ran: to - from };
}

parentPort?.on('message', async (order: Order) => {
  const result = await run(order);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  parentPort?.postMessage({ ...result, heap: heapUsed + external } satisfies Answer);
});
parentPort?.postMessage('ready');
