/** A program that dies: what it does to the servers is counted, and one of its steps is its last. */

import type { Client } from '@temporalio/client';
import type { Collections } from '../../src/store/collections.js';

/** Thrown when the program dies; nothing catches it but the test. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Methods that reach a server. Reading changes nothing, but a program can die there as well. */
const STEPS: ReadonlySet<string> = new Set([
  ...[
    'findOne',
    'insertOne',
    'replaceOne',
    'updateOne',
    'updateMany',
    'deleteOne',
    'deleteMany',
    'findOneAndUpdate',
    'toArray',
  ],
  ...['distinct', 'countDocuments', 'start', 'signal', 'describe', 'query', 'terminate'],
]);

export interface Dying {
  readonly collections: Collections;
  readonly client: Client;
  /** Steps begun. */
  readonly count: () => number;
}

/**
 * @param last the step, from 1, at which the program dies; none of those after it is made either.
 * @param when whether the last step has still reached the server.
 */
export function dyingAt(access: Pick<Dying, 'collections' | 'client'>, last: number, when: 'before' | 'after'): Dying {
  let count = 0;
  const watched = <T extends object>(object: T): T =>
    new Proxy(object, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value === 'object' && value !== null) return watched(value);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (STEPS.has(String(key))) {
            count += 1;
            if (count > last || (count === last && when === 'before')) return Promise.reject(new Died());
            const result = Promise.resolve(value.apply(target, args));
            return count === last ? result.then(() => Promise.reject(new Died())) : result;
          }
          const result: unknown = value.apply(target, args);
          const isCursorOrHandle = typeof result === 'object' && result !== null && !(result instanceof Promise);
          return isCursorOrHandle ? watched(result) : result;
        };
      },
    });
  return { collections: watched(access.collections), client: watched(access.client), count: () => count };
}
