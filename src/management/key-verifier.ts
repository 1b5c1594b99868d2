/** Tells whose an access key is: slowly the first time (scrypt), from memory for the next minute. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiRole, Collections } from '../store/collections.js';
import { hashOf } from './api-keys.js';

export interface Identity {
  readonly accessId: string;
  readonly role: ApiRole;
}

export interface Credential {
  readonly accessId: string;
  readonly accessKey: string;
}

/** How long an answer is remembered, and so how long a deleted key still works. */
const REMEMBERED_MS = 60_000;
/** Answers that are remembered; beyond them the oldest go. */
const MOST_REMEMBERED = 10_000;
/** An unknown access ID is answered after the same work as a known one. */
const NOBODY = { hash: '00'.repeat(32), salt: '00'.repeat(16) } as const;

interface Remembered {
  readonly until: number;
  readonly identity: Promise<Identity | undefined>;
}

export class KeyVerifier {
  /** By the SHA-256 of the credential: nothing in memory can be used as one. */
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly collections: Collections,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether the answer is at hand. */
  isQuick(credential: Credential): boolean {
    return this.recall(digestOf(credential)) !== undefined;
  }

  /** @returns `undefined` when the credential is wrong. @throws what the store throws. */
  verify(credential: Credential): Promise<Identity | undefined> {
    const digest = digestOf(credential);
    const known = this.recall(digest);
    if (known !== undefined) return known.identity;
    const identity = this.check(credential);
    this.remember(digest, identity);
    // A store that is away says nothing about the credential.
    identity.catch(() => this.remembered.delete(digest));
    return identity;
  }

  private async check({ accessId, accessKey }: Credential): Promise<Identity | undefined> {
    const key = await this.collections.apiKeys.findOne({ _id: accessId });
    const { hash, salt } = key ?? NOBODY;
    const isRight = timingSafeEqual(await hashOf(accessKey, salt), Buffer.from(hash, 'hex'));
    return isRight && key !== null ? { accessId, role: key.role } : undefined;
  }

  private recall(digest: string): Remembered | undefined {
    const known = this.remembered.get(digest);
    if (known !== undefined && known.until > this.now()) return known;
    this.remembered.delete(digest);
    return undefined;
  }

  private remember(digest: string, identity: Promise<Identity | undefined>): void {
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined && this.remembered.size >= MOST_REMEMBERED) this.remembered.delete(oldest);
    this.remembered.set(digest, { until: this.now() + REMEMBERED_MS, identity });
  }
}

function digestOf({ accessId, accessKey }: Credential): string {
  return createHash('sha256')
    .update(JSON.stringify([accessId, accessKey]))
    .digest('base64');
}
