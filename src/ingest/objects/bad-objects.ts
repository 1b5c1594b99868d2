/** The objects that cannot be read, as their notes tell of them. */

import type { BadFile } from '../../domain/records/bad-file.js';
import type { RecordId } from '../../domain/records/record.js';
import type { DamagedFileError } from '../../http-client/file-damage.js';
import { fileFaultOf } from '../../mimecast/file-fault.js';
import { identityOfFile } from '../../records/identity.js';
import type { ListedObject } from '../../s3/bucket.js';
import type { ObjectDocument, ObjectScope, ObjectState } from '../../store/objects.js';
import { FILE_POLICY, verdictOn, withAnotherFailure } from '../files/file-retry-budget.js';
import type { Slice } from '../slice/slice.js';
import type { FilePolicy } from '../source/file-policy.js';

export class BadObjects {
  constructor(
    private readonly slice: Slice,
    private readonly scope: ObjectScope,
  ) {}

  get policy(): FilePolicy {
    return this.slice.options.filePolicy ?? FILE_POLICY;
  }

  /** Whether it is given up if it fails once more as it did: then what it still gives is all there will be. */
  isLastAttempt(note: ObjectDocument | undefined): boolean {
    if (note?.failure === undefined) return false;
    const now = new Date();
    return verdictOn(withAnotherFailure(note.failure, note.failure, now), now, this.policy.retryBudgets) !== 'tryAgain';
  }

  /** What becomes of an object that cannot be read; one that is given up is in quarantine then. */
  async judge(
    object: ListedObject,
    note: ObjectDocument | undefined,
    error: DamagedFileError,
  ): Promise<{ readonly state: ObjectState; readonly failure: BadFile }> {
    const fault = fileFaultOf(error) ?? 'damaged';
    const now = new Date();
    const failure = withAnotherFailure(note?.failure, { path: object.key, fault, reason: error.message }, now);
    // A bucket answers for what it holds: what is no record was put there.
    const isGivenUp = fault === 'foreign' || verdictOn(failure, now, this.policy.retryBudgets) !== 'tryAgain';
    if (!isGivenUp) return { state: 'failing', failure };
    const { key, size } = object;
    const tried = `given up after ${failure.attempts} attempts since ${failure.since.toISOString()}`;
    const reason = `an object that cannot be read: ${failure.reason}; ${tried}`;
    await this.slice.store([], [{ id: entryIdOf(this.scope, object), reason, place: key, text: error.text, size }]);
    return { state: 'setAside', failure };
  }
}

/** Under which a version of an object is in quarantine. */
export function entryIdOf(
  { sourceId, stream, bucketName }: ObjectScope,
  { key, etag }: Pick<ListedObject, 'key' | 'etag'>,
): RecordId {
  return identityOfFile(sourceId, stream, `${bucketName} ${key} ${etag}`);
}
