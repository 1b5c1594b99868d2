/** A thread that reads inputs of targets, and what becomes of it: an answer, or its end. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Answer, Order, ThreadData } from './child.js';

/** How a thread ended before it could answer. */
export interface Ended {
  readonly ended: 'hang' | 'memory' | 'crash';
  readonly message: string;
  /** Of the input that was being read; undefined for one that was given as it is. */
  readonly number?: number;
}

export interface ThreadOptions {
  /** That exports `TARGETS`. */
  readonly module: string;
  /** Longest time for one input. */
  readonly limitMs: number;
}

/** In MiB: far more than any reader needs for an input of one MiB. */
const MOST_HEAP = 768;
const LOOK_MS = 100;
const CHILD = new URL('./child.mjs', import.meta.url);

export class FuzzThread {
  private readonly current = new SharedArrayBuffer(4);
  private readonly reading = new Int32Array(this.current);
  private worker: Worker | undefined;

  constructor(private readonly options: ThreadOptions) {}

  async run(order: Order, signal?: AbortSignal): Promise<Answer | Ended> {
    const worker = await this.started();
    Atomics.store(this.reading, 0, 0);
    const guard = this.guard(signal);
    try {
      return await new Promise<Answer | Ended>((resolve, reject) => {
        guard.onHang = (ended) => resolve(ended);
        guard.onAbort = reject;
        worker.once('message', resolve);
        worker.once('error', (error: NodeJS.ErrnoException) => resolve(this.endedBy(error)));
        worker.postMessage(order);
      }).then(async (result) => {
        if ('ended' in result) await this.stop();
        return result;
      });
    } finally {
      guard.end();
      worker.removeAllListeners('message').removeAllListeners('error');
    }
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async started(): Promise<Worker> {
    if (this.worker !== undefined) return this.worker;
    const { module } = this.options;
    const workerData: ThreadData = { module, current: this.current };
    const worker = new Worker(CHILD, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
    });
    this.worker = worker;
    await once(worker, 'message');
    return worker;
  }

  /** Looks whether the same input is still being read. */
  private guard(signal: AbortSignal | undefined) {
    const { limitMs } = this.options;
    let seen = Atomics.load(this.reading, 0);
    let since = performance.now();
    const timer = setInterval(() => {
      const now = Atomics.load(this.reading, 0);
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (performance.now() - since > limitMs)
        guard.onHang({ ended: 'hang', message: `took more than ${limitMs / 1_000} s`, ...this.numberNow() });
    }, LOOK_MS);
    const abort = () => guard.onAbort(signal?.reason);
    signal?.addEventListener('abort', abort);
    const guard = {
      onHang: (_ended: Ended): void => undefined,
      onAbort: (_reason: unknown): void => undefined,
      end: () => {
        clearInterval(timer);
        signal?.removeEventListener('abort', abort);
      },
    };
    return guard;
  }

  private endedBy(error: NodeJS.ErrnoException): Ended {
    const ended = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash';
    return { ended, message: error.message, ...this.numberNow() };
  }

  private numberNow(): { readonly number?: number } {
    const now = Atomics.load(this.reading, 0);
    return now === 0 ? {} : { number: now - 1 };
  }
}
