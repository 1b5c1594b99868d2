/** Signs what the simulator hands out and wants back unchanged: page tokens and file URLs. Keys follow from the seed. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type SealedValue = string | number;

export class Seal {
  readonly #key: Buffer;

  constructor(seed: number) {
    this.#key = createHash('sha256').update(`simulator seal ${seed}`).digest();
  }

  sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }

  verify(text: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(text));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** An opaque token: base64url of a JSON array, its last item a signature of the others. */
  encode(values: readonly SealedValue[]): string {
    const mac = this.sign(JSON.stringify(values)).slice(0, 20);
    return Buffer.from(JSON.stringify([...values, mac])).toString('base64url');
  }

  /** The values of a token that this simulator made; nothing for anything else. */
  decode(token: string): readonly SealedValue[] | undefined {
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
    } catch {
      return undefined;
    }
    if (!Array.isArray(parsed)) return undefined;
    const values = parsed.slice(0, -1) as SealedValue[];
    // Compared as text too: base64url has several spellings of the same bytes, only one was handed out.
    return this.encode(values) === token ? values : undefined;
  }
}
