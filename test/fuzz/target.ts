/** What is fuzzed: a reader of outside bytes, inputs that it understands, and what must hold for any input. */

import { isDeepStrictEqual } from 'node:util';

export interface FuzzTarget {
  readonly name: string;
  /** Inputs that are right; they are changed at random. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Pieces of this reader's language, to be put into its inputs. */
  readonly words?: readonly string[];
  /** Throws when something does not hold; errors that the reader documents are caught here. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

/** Thrown when a reader did not fail, and did wrong. */
export class BrokenProperty extends Error {
  override readonly name = 'BrokenProperty';
}

export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new BrokenProperty(what);
}

export function same(a: unknown, b: unknown, what: string): void {
  holds(isDeepStrictEqual(a, b), what);
}

// biome-ignore lint/suspicious/noExplicitAny: constructors of errors take whatever they take
type ErrorClass = new (...given: any[]) => Error;

/** What the work returns; `undefined` when it refuses its input with one of the errors that it documents. */
export function refusing<T>(errors: readonly ErrorClass[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errors.some((each) => error instanceof each)) return undefined;
    throw error;
  }
}

export async function refusingLater<T>(errors: readonly ErrorClass[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (errors.some((each) => error instanceof each)) return undefined;
    throw error;
  }
}

/** A text of the input; bytes that are not UTF-8 are replaced. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder().decode(input);
}

/** The input as it may arrive: in pieces, whose sizes it decides itself. */
export async function* chunksOf(input: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 1 + ((input[0] ?? 0) % 7) * ((input.at(-1) ?? 0) + 1) + (input.length > 4_096 ? 4_096 : 0);
  for (let at = 0; at < input.length; at += size) yield input.subarray(at, at + size);
}
