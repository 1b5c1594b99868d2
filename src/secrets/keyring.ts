/**
 * Encrypts the client secrets that are stored: JWE (RFC 7516), `dir` with A256GCM, whose header names the key. The first
 * key encrypts; all of them decrypt, so that keys can be replaced one after the other. A salted HMAC in the header tells
 * whether a secret that is given again is the stored one.
 */

import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/** Thrown when a secret cannot be had; the message says what to do and holds nothing of the secret. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/** A256GCM takes keys of so many bytes. */
const KEY_BYTES = 32;
const SALT_BYTES = 16;
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
      else if (keys.has(name)) mistakes.push(`key ${index + 1} has the name of another one, "${name}"`);
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
    const [, key] = this.first;
    const header = { ...this.header, mac: macOf(secret, key, randomBytes(SALT_BYTES)) };
    return new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader(header).encrypt(key);
  }

  /** Whether a text was made from this secret, judged by the salted HMAC in its header: nothing is decrypted. */
  isOf(jwe: string, secret: string): boolean {
    const { kid, mac } = headerIn(jwe) ?? {};
    const key = this.keys.get(String(kid));
    if (key === undefined || typeof mac !== 'string') return false;
    const salt = Buffer.from(mac, 'base64url').subarray(0, SALT_BYTES);
    const [known, given] = [Buffer.from(mac), Buffer.from(macOf(secret, key, salt))];
    return known.length === given.length && timingSafeEqual(known, given);
  }

  /** @throws SecretError when the key is not there, or the text was tampered with. */
  async decrypt(jwe: string): Promise<string> {
    const kid = String(headerOf(jwe).kid);
    const key = this.keys.get(kid);
    if (key === undefined) {
      throw new SecretError(
        `The client secret was encrypted with the key "${kid}", which MIMECAST_SECRET_KEYS does not hold`,
      );
    }
    try {
      return new TextDecoder().decode((await compactDecrypt(jwe, key)).plaintext);
    } catch (cause) {
      throw new SecretError(`The client secret cannot be decrypted with the key "${kid}"`, { cause });
    }
  }

  /** What every text encrypted with the first key begins with. */
  get currentPrefix(): string {
    const begin = Buffer.from(JSON.stringify({ ...this.header, mac: '' }).slice(0, -2));
    // Base64 has four characters for three bytes; what is cut off is a part of `:"`.
    return begin.subarray(0, begin.length - (begin.length % 3)).toString('base64url');
  }

  private get header() {
    return { alg: 'dir', enc: 'A256GCM', kid: this.first[0] };
  }
}

function headerOf(jwe: string): Header {
  const header = headerIn(jwe);
  if (header === undefined) throw new SecretError('The stored client secret is damaged');
  return header;
}

type Header = Readonly<Record<string, unknown>>;

function headerIn(jwe: string): Header | undefined {
  try {
    return decodeProtectedHeader(jwe);
  } catch {
    return undefined;
  }
}

/** The salt and, behind it, the HMAC-SHA256 under a key of its own that is derived (HKDF) from the one that encrypts. */
function macOf(secret: string, key: Uint8Array, salt: Uint8Array): string {
  const macKey = Buffer.from(hkdfSync('sha256', key, salt, 'comparison of client secrets', KEY_BYTES));
  return Buffer.concat([salt, createHmac('sha256', macKey).update(secret).digest()]).toString('base64url');
}
