/** Reads the objects of a bucket again. */

import { createHash } from 'node:crypto';
import { classify, RawError } from '../../domain/failures/failure.js';
import { NO_RULE_COUNTS } from '../../domain/streams/rule-counts.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { DamagedFileError, damageOf } from '../../http-client/file-damage.js';
import type { ListedObject, ObjectPage } from '../../s3/bucket.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';
import type { ObjectScope, ObjectState } from '../../store/objects.js';
import { resolveQuarantined } from '../../store/quarantine.js';
import { FILE_POLICY } from '../files/file-retry-budget.js';
import { entryIdOf } from '../objects/bad-objects.js';
import { KnownObjects } from '../objects/known-objects.js';
import { isArchived, isGone, isNothing, listObjects } from '../objects/listed-objects.js';
import { readObject, shareOf } from '../objects/read-object.js';
import { MAX_OUTAGES } from '../source/file-policy.js';
import { keysOf, type SourceObjects } from '../source/source-objects.js';
import type { StreamKeys } from '../source/stream-keys.js';
import { countJsonObjects } from './count-json-objects.js';
import type { Rereading } from './reread-state.js';

/**
 * An object is written after what it tells of, so one that was written so long before the range, in milliseconds, holds nothing
 * of it; clocks differ by less. One that was written after the range may well do.
 */
const CLOCKS_MS = 86_400_000;
/** The place is kept after so many objects, and after so many entries of one. */
const KEPT_OBJECTS = 100;
const KEPT_ENTRIES = 5_000;
const DIGEST_BYTES = 12;

/** @returns whether all of the range was read; else the slice's time is over. */
export function rereadObjects(
  reading: Rereading,
  stream: StreamName,
  objects: SourceObjects,
  checkpoint: CheckpointDocument,
): Promise<boolean> {
  return new RereadObjects(reading, stream, objects, checkpoint).run();
}

/** The reading of one object. */
interface Attempt {
  readonly digest: string;
  /** How many entries came so far, and how many of them an earlier attempt or this one has noted as compared. */
  entries: number;
  kept: number;
  /** What was read since the last move before it began. */
  readBefore: number;
}

class RereadObjects {
  private readonly scope: ObjectScope;
  private readonly done: Set<string>;
  private readonly keys: StreamKeys;
  /** Objects compared since the place was kept. */
  private unkept = 0;
  private hasRead = false;
  private outagesInARow = 0;
  private firstFailure: unknown;

  constructor(
    private readonly slice: Rereading,
    private readonly stream: StreamName,
    private readonly objects: SourceObjects,
    private readonly checkpoint: CheckpointDocument,
  ) {
    const { sourceId } = slice.options.source.settings;
    this.scope = { sourceId, stream, bucketName: objects.bucketName };
    this.done = new Set(slice.state.filesDone);
    this.keys = keysOf(objects, stream);
  }

  async run(): Promise<boolean> {
    for (;;) {
      const { pageToken } = this.slice.state;
      const query = { prefix: this.keys.head, token: pageToken };
      const page = await listObjects(this.objects.bucket, query, this.slice.options.signal);
      if (page === 'refused') {
        this.done.clear();
        await this.slice.beginAnew();
        continue;
      }
      const isRead = await this.readPage(page);
      if (!isRead || page.next === undefined) {
        await this.keep();
        return isRead;
      }
      this.done.clear();
      await this.keep({ pageToken: page.next });
      if (this.slice.spent) return false;
    }
  }

  /** @throws the error of the first object that failed, after all others of the page were read. */
  private async readPage({ objects }: ObjectPage): Promise<boolean> {
    const wanted = objects.filter((object) => this.isWanted(object));
    const known = await KnownObjects.among(this.slice.options.collections, this.scope, wanted);
    for (const object of wanted) {
      const state = known.stateOf(object);
      if (this.isUncollected(object, state)) continue;
      // Each slice reads something, however long the listing took.
      if (this.slice.spent && this.hasRead) return false;
      this.hasRead = true;
      if (!(await this.isRead(object, state))) continue;
      this.done.add(digestOf(object));
      this.unkept += 1;
      if (this.unkept >= KEPT_OBJECTS) await this.keep();
    }
    if (this.firstFailure === undefined) return true;
    await this.keep();
    throw this.firstFailure;
  }

  private isWanted(object: ListedObject): boolean {
    const isEarlier = object.lastModified.getTime() < this.slice.from.getTime() - CLOCKS_MS;
    return this.keys.wants(object.key) && !isNothing(object) && !isEarlier && !this.done.has(digestOf(object));
  }

  /** Whether the collection, which is still on its way through the bucket, has not come to an object: that is its own to read. */
  private isUncollected({ lastModified }: ListedObject, state: ObjectState | undefined): boolean {
    const { objects, listing } = this.checkpoint;
    if (state !== undefined || (objects !== undefined && listing === undefined)) return false;
    if (objects === undefined) this.slice.addUnseen('the bucket has not been collected to its end yet');
    else if (listing !== undefined && lastModified < listing.since)
      this.slice.addUnseen('objects that the collection had not come to yet were not checked');
    else this.slice.addRemark('Objects that are newer than the collection’s listing were not checked');
    return true;
  }

  /** @returns whether the object is dealt with; else it failed for a reason of its store. */
  private async isRead(object: ListedObject, collected: ObjectState | undefined): Promise<boolean> {
    const { state } = this.slice;
    const digest = digestOf(object);
    const begun = state.object?.digest === digest ? state.object.entries : 0;
    const attempt: Attempt = { digest, entries: 0, kept: begun, readBefore: this.slice.readSince };
    try {
      await this.compare(object, collected, attempt);
      this.outagesInARow = 0;
      return true;
    } catch (error) {
      if (!(error instanceof RawError)) throw error;
      if (await this.isLeft(object, error)) return true;
      this.slice.forgetRead(attempt.readBefore);
      this.firstFailure ??= error;
      this.outagesInARow += 1;
      const isForIt = error.facts.origin === 's3' && classify(error.facts).severity !== 'warning';
      // The place within it would be lost with the next object.
      if (isForIt && attempt.kept === 0 && this.outagesInARow < MAX_OUTAGES) return false;
      if (attempt.kept === 0) await this.keep();
      throw error;
    }
  }

  private async compare(object: ListedObject, collected: ObjectState | undefined, attempt: Attempt): Promise<void> {
    const { source, signal, collections, range, filePolicy = FILE_POLICY } = this.slice.options;
    const { key } = object;
    // Of one that was given up, the collection has stored what it still gives.
    const options = { ...filePolicy.reading, salvage: collected === 'setAside' };
    let [others, unreadable, isCovered] = [0, 0, true];
    const onOthers = (count: number) => {
      others = count;
    };
    const { objects, stream } = this;
    for await (const batch of readObject({ source, objects, stream, key, options, signal, onOthers })) {
      attempt.entries += batch.times.length + batch.unreadable.length;
      unreadable += batch.unreadable.length;
      isCovered &&= batch.times.every((time) => time === undefined || this.slice.covers(time));
      if (attempt.entries <= attempt.kept) continue;
      await this.slice.take(batch, key);
      if (attempt.entries - attempt.kept < KEPT_ENTRIES) continue;
      attempt.kept = attempt.entries;
      await this.keep({ object: { digest: attempt.digest, entries: attempt.entries } });
      attempt.readBefore = 0;
    }
    // What is no object of JSON is counted by lines.
    if (range.kind === 'verify' && unreadable === 0) await this.countAgain(object, attempt.entries + others);
    if (range.kind === 'backfill' && isCovered && collected !== 'read') {
      await resolveQuarantined(collections, [entryIdOf(this.scope, object)]);
    }
  }

  private async countAgain(object: ListedObject, entries: number): Promise<void> {
    try {
      const { bucket } = this.objects;
      const counted = await countJsonObjects(bucket.bytesOf(object, this.slice.options.signal));
      if (counted === entries) return;
      this.slice.addUnseen(`${object.key}: ${entries} records were read, and a second count finds ${counted}`);
    } catch (error) {
      if (damageOf(error) !== undefined) {
        this.slice.addUnseen(`${object.key}: a second count fails (${String(error)})`);
        return;
      }
      // Another version has come meanwhile, which is the collection's to read.
      const isOther =
        error instanceof RawError && error.facts.origin === 's3' && (isGone(error.facts) || error.facts.status === 412);
      if (!isOther) throw error;
    }
  }

  /** Whether an object that cannot be read is left as it is; what that means for its records is said. */
  private async isLeft(object: ListedObject, error: RawError): Promise<boolean> {
    const { key, size } = object;
    if (error instanceof DamagedFileError) {
      if (error.damage !== 'foreign') this.slice.skipFile(error.message);
      else if (shareOf(this.slice.options.source, this.objects, this.stream) !== 'own') {
        const reason = `an object that cannot be read: ${error.message}`;
        const entry = { id: entryIdOf(this.scope, object), reason, place: key, text: error.text, size };
        await this.slice.take({ records: [], unreadable: [entry], ruled: NO_RULE_COUNTS }, key);
      }
      return true;
    }
    if (error.facts.origin !== 's3') return false;
    if (isArchived(error.facts)) this.slice.skipFile(`${key}: it has to be restored from the archive first`);
    else if (isGone(error.facts)) this.slice.skipFile(`${key}: it was listed, and gone before it could be read again`);
    else return false;
    return true;
  }

  private async keep(change: Parameters<Rereading['move']>[0] = {}): Promise<void> {
    const objects = (this.slice.state.objects ?? 0) + this.unkept;
    this.unkept = 0;
    await this.slice.move({ filesDone: [...this.done], objects, ...change });
  }
}

/** A version of an object, as far as a listing tells. */
function digestOf({ key, etag }: ListedObject): string {
  return createHash('sha256').update(`${key}\n${etag}`).digest().subarray(0, DIGEST_BYTES).toString('base64');
}
