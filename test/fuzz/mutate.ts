/** Makes inputs out of seeds: the same ones for the same target, seed and number. */

import { hash } from 'node:crypto';
import { SeededRandom } from '../support/random.js';
import { BYTES, DICTIONARY } from './dictionary.js';
import type { FuzzTarget } from './target.js';

/** Longest input, in bytes. */
const LONGEST = 1_048_576;
const MOST_CHANGES = 6;
/** Of a run of repeated pieces. Long ones are what finds work that grows faster than the input. */
const REPEATS = [2, 3, 8, 64, 1_000, 20_000, 100_000] as const;
/** One in so many changes is a long run, since those cost time. */
const LONG_RUN_IN = 24;

/** @param number of the input, counted from 0. The seeds themselves come first, as they are. */
export function inputOf({ name, seeds, words = [] }: FuzzTarget, seed: number, number: number): Uint8Array {
  const corpus = seeds.map((each) => (typeof each === 'string' ? Buffer.from(each) : each));
  const asItIs = corpus[number];
  if (asItIs !== undefined) return asItIs;
  const random = new SeededRandom(Number.parseInt(hash('sha256', `${name} ${seed} ${number}`).slice(0, 8), 16));
  const mutation = new Mutation(random, corpus, [...words, ...words, ...DICTIONARY]);
  return mutation.input();
}

const CHANGES = ['flip', 'byte', 'cut', 'remove', 'double', 'splice', 'word', 'word', 'swap', 'run'] as const;

class Mutation {
  private bytes: Uint8Array;

  constructor(
    private readonly random: SeededRandom,
    private readonly corpus: readonly Uint8Array[],
    private readonly words: readonly string[],
  ) {
    this.bytes = this.other();
  }

  input(): Uint8Array {
    const changes = this.random.between(1, MOST_CHANGES);
    for (let at = 0; at < changes; at += 1) this.change();
    return this.bytes.subarray(0, LONGEST);
  }

  private change(): void {
    const [from, to] = this.span();
    const [begin, end, by] = this.changeAt(from, to);
    this.bytes = Buffer.concat([this.bytes.subarray(0, begin), Uint8Array.from(by), this.bytes.subarray(end)]);
  }

  /** What is replaced, from where to where, and by what. */
  private changeAt(from: number, to: number): [number, number, ArrayLike<number>] {
    const { random, bytes } = this;
    switch (random.pick(CHANGES)) {
      case 'flip':
        return [from, from + 1, [(bytes[from] ?? 0) ^ (1 << random.between(0, 7))]];
      case 'byte':
        return [from, from + 1, [random.between(0, 255)]];
      case 'cut':
        return [from, bytes.length, []];
      case 'remove':
        return [from, to, []];
      case 'double':
        return [from, from, bytes.subarray(from, to)];
      case 'splice':
        return [from, bytes.length, this.tail(this.other())];
      case 'swap':
        return [from, to, this.word()];
      case 'word':
        return [from, from, this.word()];
      case 'run':
        return [from, random.next() < 0.5 ? from : to, this.repeated()];
    }
  }

  private span(): [number, number] {
    const from = this.random.between(0, Math.max(0, this.bytes.length));
    return [from, Math.min(this.bytes.length, from + this.random.between(1, 16))];
  }

  private tail(bytes: Uint8Array): Uint8Array {
    return bytes.subarray(this.random.between(0, bytes.length));
  }

  private other(): Uint8Array {
    return this.corpus[this.random.between(0, this.corpus.length - 1)] ?? new Uint8Array();
  }

  private word(): Uint8Array {
    const { random } = this;
    if (random.next() < 0.15) return BYTES[random.between(0, BYTES.length - 1)] ?? new Uint8Array();
    return Buffer.from(this.words[random.between(0, this.words.length - 1)] ?? '');
  }

  /** The same piece, or two of them in turn, again and again. */
  private repeated(): Uint8Array {
    const { random } = this;
    const isLong = random.between(1, LONG_RUN_IN) === 1;
    const times = isLong ? random.pick(REPEATS) : random.between(2, 40);
    const piece = random.next() < 0.5 ? this.word() : Buffer.concat([this.word(), this.word()]);
    return Buffer.alloc(Math.min(LONGEST, piece.length * times), piece.length === 0 ? ' ' : piece);
  }
}
