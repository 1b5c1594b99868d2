/** The bytes of an object over as many connections as it takes. */

import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { RawError } from '../domain/failures/failure.js';

export type AnsweredBody = Pick<GetObjectCommandOutput, 'Body' | 'ETag' | 'ContentRange'>;

export interface ResumeOptions {
  /** Asks for the bytes from an offset on, of the very same version. */
  readonly rest: (offset: number) => Promise<AnsweredBody>;
  readonly explain: (error: unknown) => RawError;
  readonly signal: AbortSignal | undefined;
}

/** A connection that brought less, in bytes, is not worth another one: the object is soon read again from its beginning. */
const WORTH_RESUMING = 1_048_576;

/**
 * A body whose connection may break. After much of a large object, the rest is then read by range, so that no object is too
 * large for the connection that it comes over. What is unzipped and counted goes on as if nothing had happened.
 */
export class ResumedBody {
  private body: Readable;
  private readonly etag: string | undefined;
  private isDiscarded = false;

  constructor(
    { Body, ETag }: AnsweredBody & { readonly Body: Readable },
    private readonly options: ResumeOptions,
  ) {
    this.body = Body;
    this.etag = ETag;
  }

  /**
   * To be iterated once.
   *
   * @throws the error of the break when the rest cannot be had: the object was overwritten, or its store knows no ranges.
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let offset = 0; ; ) {
      let brought = 0;
      try {
        for await (const chunk of this.body) {
          brought += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        offset += brought;
        const isWorthIt = brought >= WORTH_RESUMING && !this.isDiscarded && isBreak(this.options.explain(error));
        if (!isWorthIt || !(await this.resumeAt(offset))) throw error;
      }
    }
  }

  /** Closes its connection; what is said of a body that nobody reads any more is of no interest. */
  discard(): void {
    this.isDiscarded = true;
    discard(this.body);
  }

  private async resumeAt(offset: number): Promise<boolean> {
    const { rest, signal } = this.options;
    signal?.throwIfAborted();
    discard(this.body);
    const answer = await rest(offset).catch(() => undefined);
    if (!(answer?.Body instanceof Readable)) return false;
    this.body = answer.Body;
    const isRest = answer.ETag === this.etag && answer.ContentRange?.startsWith(`bytes ${offset}-`) === true;
    if (!isRest || this.isDiscarded) discard(this.body);
    return isRest && !this.isDiscarded;
  }
}

function isBreak({ facts }: RawError): boolean {
  return facts.cause === 'reset' || facts.cause === 'timeout';
}

/** Closes its connection; what is said of a body that nobody reads any more is of no interest. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
