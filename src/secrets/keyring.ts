/**
 * Encrypts the client secrets that are stored: JWE (RFC 7516), `dir` with A256GCM, whose header names the key. The first
 * key encrypts; all of them decrypt, so that keys can be replaced one after the other.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/** Thrown when a secret cannot be had; the message says what to do and holds nothing of the secret. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/** A256GCM takes keys of so many bytes. */
const KEY_BYTES = 32;
const KEY = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/;

export class Keyring {
  private constructor(
    private readonly keys: ReadonlyMap<string, Uint8Array>,
    private readonly first: readonly [string, Uint8Array],
  ) {}

  /**
   * @param text `name:key[,name:key…]`, each key 32 bytes in base64 or base64url; blanks and line ends separate as well.
   * @throws SecretError naming every mistake, without the keys.
   */
  static parse(text: string): Keyring {
    const keys = new Map<string, Uint8Array>();
    const mistakes: string[] = [];
    for (const [index, entry] of text
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .entries()) {
      const [, name, key] = KEY.exec(entry) ?? [];
      if (name === undefined || key === undefined)
        mistakes.push(`key ${index + 1} is not name:key, with 32 bytes in base64`);
      else if (keys.has(name)) mistakes.push(`key ${index + 1} has the same name as another one, "${name}"`);
      else keys.set(name, Buffer.from(key, 'base64'));
    }
    const [first] = keys;
    if (first === undefined && mistakes.length === 0) mistakes.push('there is no key');
    if (first === undefined || mistakes.length > 0)
      throw new SecretError(`MIMECAST_SECRET_KEYS: ${mistakes.join('; ')}`);
    return new Keyring(keys, first);
  }

  /** A new key in the form that `parse` reads. */
  static newKey(now = new Date()): string {
    return `k${now.toISOString().slice(0, 10).replaceAll('-', '')}:${randomBytes(KEY_BYTES).toString('base64')}`;
  }

  async encrypt(secret: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader(this.header).encrypt(this.first[1]);
  }

  /** Whether a text was made from this secret; not, as far as anybody here can tell, when it cannot be decrypted. */
  async isOf(jwe: string, secret: string): Promise<boolean> {
    try {
      const [known, given] = [Buffer.from(await this.decrypt(jwe)), Buffer.from(secret)];
      return known.length === given.length && timingSafeEqual(known, given);
    } catch (error) {
      if (error instanceof SecretError) return false;
      throw error;
    }
  }

  /** @throws SecretError when the key is not there, or the text was tampered with. */
  async decrypt(jwe: string): Promise<string> {
    const kid = kidOf(jwe);
    const key = this.keys.get(kid);
    if (key === undefined) {
      throw new SecretError(
        `The client secret was encrypted with the key "${kid}", which is not in MIMECAST_SECRET_KEYS`,
      );
    }
    try {
      return new TextDecoder().decode((await compactDecrypt(jwe, key)).plaintext);
    } catch (cause) {
      throw new SecretError(`The client secret cannot be decrypted with the key "${kid}"`, { cause });
    }
  }

  /** The same secret, encrypted with the first key. @throws SecretError as `decrypt` does. */
  async renewed(jwe: string): Promise<string> {
    return jwe.startsWith(this.currentPrefix) ? jwe : this.encrypt(await this.decrypt(jwe));
  }

  /** What every text encrypted with the first key begins with, and one that an earlier version encrypted does not. */
  get currentPrefix(): string {
    return Buffer.from(JSON.stringify(this.header)).toString('base64url');
  }

  private get header() {
    return { alg: 'dir', enc: 'A256GCM', kid: this.first[0] };
  }
}

function kidOf(jwe: string): string {
  try {
    return String(decodeProtectedHeader(jwe).kid);
  } catch (cause) {
    throw new SecretError('The stored client secret is damaged', { cause });
  }
}
