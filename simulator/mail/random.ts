/**
 * Repeatable randomness. The whole world is a function of its seed: any record can be made again on demand, so nothing
 * but a few numbers per time bucket has to be kept in memory.
 */

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * The generator sfc32. Its 128-bit state is filled from four numbers (seed, tenant, message, purpose), so two messages
 * of a world never share a sequence, which a 32-bit seed could not promise.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = d | 0;
    for (let round = 0; round < 12; round += 1) this.#step();
  }

  #step(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  float(): number {
    return this.#step() / 2 ** 32;
  }

  /** An integer in [min, max]. */
  int(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.float() * list.length)];
    if (item === undefined) throw new Error('cannot pick from an empty list');
    return item;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#step().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** URL-safe letters, as Mimecast's aggregate and processing ids look. */
  id(length: number): string {
    let text = '';
    while (text.length < length) {
      let bits = this.#step();
      for (let letter = 0; letter < 5; letter += 1) {
        text += ID_LETTERS.charAt(bits & 63);
        bits >>>= 6;
      }
    }
    return text.slice(0, length);
  }
}

/** A 32-bit hash (FNV-1a with a final mix) that decides quirks which must be the same every time. */
export function hash32(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  const text = parts.join('\u0000');
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
