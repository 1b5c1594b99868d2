/**
 * Tells whose an access key is: slowly the first time (scrypt), then from memory, and every minute by a look at whether
 * the key is still stored.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { present } from '../../domain/present.js';
import { Semaphore } from '../../domain/semaphore.js';
import { type ApiKeyDocument, type ApiRole, type KeyUse, noteUse, workingKey } from '../../store/api-keys.js';
import type { Collections } from '../../store/collections.js';
import { hashOf } from './api-key-service.js';

export interface Identity {
  readonly accessId: string;
  readonly role: ApiRole;
}

export interface Credential {
  readonly accessId: string;
  readonly accessKey: string;
}

/** How long an answer is remembered, and so how long a key that another program deleted still works. */
const REMEMBERED_MS = 60_000;
/** Answers that are remembered; beyond them the oldest go. */
const MAX_REMEMBERED = 10_000;
/** Each takes a thread of Node's four, 16 MiB and a core for 50 ms. */
const MAX_HASHED_AT_ONCE = 2;
/** An unknown access ID is answered after the same work as a known one. */
const NOBODY = { hash: '00'.repeat(32), salt: '00'.repeat(16) } as const;

interface Answer {
  readonly accessId: string;
  until: number;
  readonly identity: Promise<Identity | undefined>;
  /** Set once that is known. */
  isWrong?: boolean;
}

/** That a credential was right for a stored hash: while that one is stored, it still is. */
interface Proof {
  readonly accessId: string;
  readonly hash: string;
}

export class KeyVerifier {
  /** By the SHA-256 of the credential, as the other: nothing in memory can be used as one. */
  private readonly answers = new LRUCache<string, Answer>({ max: MAX_REMEMBERED });
  /** Not more than there are keys. */
  private readonly proofs = new Map<string, Proof>();
  private readonly semaphore = new Semaphore(MAX_HASHED_AT_ONCE);

  constructor(
    private readonly collections: Collections,
    /** The clock that everything about credentials goes by, in epoch milliseconds. */
    readonly now: () => number = Date.now,
  ) {}

  /** How many credentials wait to be hashed. */
  get waiting(): number {
    return this.semaphore.waiting;
  }

  /**
   * @param admit called before a credential is hashed that has not been right before, and whenever one comes again that is
   * known to be wrong; what it throws is thrown.
   * @returns `undefined` when the credential is wrong. @throws what the store throws.
   */
  async verify(credential: Credential, admit: () => void = () => undefined): Promise<Identity | undefined> {
    const digest = digestOf(credential);
    const known = this.recall(digest);
    if (known !== undefined && !known.isWrong) return known.identity;
    const proof = this.proofs.get(digest);
    if (proof === undefined) admit();
    if (known !== undefined) return known.identity;
    const identity = proof === undefined ? this.check(digest, credential) : this.renew(digest, proof);
    const answer: Answer = { accessId: credential.accessId, until: this.now() + REMEMBERED_MS, identity };
    this.answers.set(digest, answer);
    identity.then(
      (found) => {
        answer.isWrong = found === undefined;
      },
      // A store that is away says nothing about the credential.
      () => this.answers.delete(digest),
    );
    return identity;
  }

  /** Of a key that was deleted. */
  forget(accessId: string): void {
    for (const known of [this.answers, this.proofs])
      for (const [digest, of] of [...known]) if (of.accessId === accessId) known.delete(digest);
  }

  private async check(digest: string, { accessId, accessKey }: Credential): Promise<Identity | undefined> {
    const key = await workingKey(this.collections, accessId, this.use());
    const { hash, salt } = key ?? NOBODY;
    const given = await this.semaphore.run(() => hashOf(accessKey, salt));
    if (!timingSafeEqual(given, Buffer.from(hash, 'hex')) || key === null) return undefined;
    // Unless it was forgotten meanwhile.
    if (this.answers.has(digest)) this.proofs.set(digest, { accessId, hash });
    return this.used(digest, key);
  }

  private async renew(digest: string, { accessId, hash }: Proof): Promise<Identity | undefined> {
    const key = await workingKey(this.collections, accessId, this.use(hash));
    if (key !== null) return this.used(digest, key);
    this.proofs.delete(digest);
    return undefined;
  }

  private use(hash?: string): KeyUse {
    return { ...present({ hash }), now: new Date(this.now()) };
  }

  private async used(digest: string, key: ApiKeyDocument): Promise<Identity> {
    await noteUse(this.collections, key, new Date(this.now()));
    const answer = this.answers.get(digest);
    if (answer !== undefined && key.expiresAt !== undefined)
      answer.until = Math.min(answer.until, key.expiresAt.getTime());
    return { accessId: key._id, role: key.role };
  }

  private recall(digest: string): Answer | undefined {
    const known = this.answers.get(digest);
    if (known !== undefined && known.until > this.now()) return known;
    this.answers.delete(digest);
    return undefined;
  }
}

function digestOf({ accessId, accessKey }: Credential): string {
  return createHash('sha256')
    .update(JSON.stringify([accessId, accessKey]))
    .digest('base64');
}
