/**
 * Collects a stream from a bucket: compares what is there with what was read, and reads the rest. The order of a listing is of
 * no account, and neither is the time of an object: late keys and new versions of known ones are found like all others.
 */

import { classify, RawError } from '../../domain/failures/failure.js';
import { isSameTally } from '../../domain/streams/object-tally.js';
import type { StreamEnd } from '../../domain/streams/outcome.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { DamagedFileError } from '../../http-client/file-damage.js';
import type { ListedObject, ObjectPage } from '../../s3/bucket.js';
import {
  DONE_STATES,
  failingObjects,
  forgetObject,
  noteObjects,
  type ObjectDocument,
  type ObjectNote,
  type ObjectState,
} from '../../store/objects.js';
import { resolveQuarantined } from '../../store/quarantine.js';
import { ReadAhead } from '../slice/read-ahead.js';
import type { Slice } from '../slice/slice.js';
import { MAX_OUTAGES } from '../source/file-policy.js';
import { keysOf, type SourceObjects } from '../source/source-objects.js';
import type { StreamKeys } from '../source/stream-keys.js';
import { BadObjects, entryIdOf } from './bad-objects.js';
import { foldObjects } from './fold-objects.js';
import { KnownObjects } from './known-objects.js';
import { isArchived, isGone, isNothing, isSameVersion, listObjects } from './listed-objects.js';
import { afterPage, beginListing, fullListing, type ListingPlace, shortCutAfter } from './listing-place.js';
import { PageTally } from './page-tally.js';
import { readObject, shareOf } from './read-object.js';

/** An object in an archive is tried again after so long, in milliseconds: nothing tells when it has been restored. */
const ARCHIVE_WAIT_MS = 60 * 60_000;
/** So many objects are noted at once, unless they hold many records. */
const NOTED_AT_ONCE = 100;
const NOTED_RECORDS = 5_000;

export class ObjectCollection {
  readonly scope;
  private readonly keys: StreamKeys;
  private readonly bad: BadObjects;
  private notes: ObjectNote[] = [];
  private unnotedRecords = 0;
  private outagesInARow = 0;
  /** Of an object; the others are read all the same. */
  firstFailure: unknown;
  private hasRead = false;
  /** Whether all of the bucket was compared, and nothing of it failed. */
  hasCompared = false;

  constructor(
    private readonly slice: Slice,
    private readonly stream: StreamName,
    private readonly objects: SourceObjects,
  ) {
    const { sourceId } = slice.options.source.settings;
    this.scope = { sourceId, stream, bucketName: objects.bucketName };
    this.bad = new BadObjects(slice, this.scope);
    this.keys = keysOf(objects, stream);
  }

  /** Whether nothing more is to be begun. Each slice reads something, however long it took to find it. */
  private get isSpent(): boolean {
    return this.slice.spent && this.hasRead;
  }

  /** Compares until there is nothing more, or the slice's time is over. @throws the error of the first object that failed */
  async run(): Promise<StreamEnd> {
    let place = beginListing(this.slice.checkpoint, this.listed, new Date());
    for (;;) {
      const prefixes = this.prefixesOf(place);
      const { at = 0 } = place;
      const page = await this.list(place, prefixes[at] ?? '');
      if (page === 'refused') {
        place = fullListing(new Date(), this.listed);
        continue;
      }
      const read = await this.readPage(page, place);
      await this.note();
      // Of a page that was not finished, the next slice compares everything again.
      if (read !== 'spent') place = afterPage(place, page, read.all, read.ofOldDays);
      if (read !== 'spent' && page.next === undefined && at + 1 >= prefixes.length) return this.finish(place);
      if (read !== 'spent' && !this.slice.spent) continue;
      if (place.token !== undefined || (place.at ?? 0) > 0) await this.slice.savePlace({ listing: place });
      if (this.firstFailure !== undefined) throw this.firstFailure;
      return 'more';
    }
  }

  private async finish(place: ListingPlace): Promise<StreamEnd> {
    const { tally, since, isPartial = false } = place;
    await this.noteVanished(since);
    const known = this.slice.checkpoint;
    const found = this.firstFailure === undefined ? shortCutAfter(place, this.listed) : undefined;
    const shortCut = isPartial ? known.shortCut : found;
    if (known.listing !== undefined || !isSameTally(tally, known.objects) || shortCut !== known.shortCut) {
      await this.slice.savePlace({ listing: undefined, objects: tally, shortCut });
    }
    if (!isPartial) await foldObjects(this.slice, this.scope, since);
    this.hasCompared = !isPartial && tally.failing === 0;
    if (this.firstFailure !== undefined) throw this.firstFailure;
    return 'caughtUp';
  }

  /** What a listing is of. */
  private get listed(): string {
    return `${this.objects.bucketName} ${this.keys.name}`;
  }

  /** What is listed, one after the other: the same for as long as a listing takes. */
  private prefixesOf({ since, daysAround }: ListingPlace): readonly string[] {
    return (daysAround && this.keys.lastDays(daysAround)) ?? this.keys.everything(since);
  }

  /** Objects that failed and are no longer listed: they leave with the listing, but not unnoticed. */
  private async noteVanished(since: Date): Promise<void> {
    const { collections, signal } = this.slice.options;
    for (const failing of await failingObjects(collections, this.scope, since)) {
      if (!this.keys.wants(failing.key)) {
        // Should it be wanted again, it is tried as if it were new.
        await forgetObject(collections, failing);
        continue;
      }
      // Clocks of workers differ, so the bucket is asked.
      const { objects } = await this.objects.bucket.list({ prefix: failing.key, limit: 1 }, signal);
      if (!objects.some((object) => isSameVersion(failing, object))) await this.gone(failing);
    }
    await this.note();
  }

  private async list({ token, after }: ListingPlace, prefix: string): Promise<ObjectPage | 'refused'> {
    const { signal } = this.slice.options;
    const page = await listObjects(this.objects.bucket, { prefix, token, after }, signal);
    if (page === 'refused') await this.slice.savePlace({ listing: undefined });
    return page;
  }

  private async readPage({ objects }: ObjectPage, { since }: ListingPlace): Promise<PageTally | 'spent'> {
    const tally = new PageTally(this.keys.lastDays(since));
    const wanted = objects.filter(({ key }) => {
      const verdict = this.keys.judge(key);
      if (verdict === 'excluded') tally.count(key, 'excluded');
      return verdict === 'wanted';
    });
    for (const object of wanted) if (isNothing(object)) tally.count(object.key, 'skipped');
    const some = wanted.filter((object) => !isNothing(object));
    const { collections } = this.slice.options;
    const known = await KnownObjects.among(collections, this.scope, some);
    for (const object of some) {
      const note = known.noteOf(object);
      const stands = known.stateOf(object);
      if (stands !== undefined && !(note !== undefined && isDue(note))) {
        if (stands !== 'gone') tally.count(object.key, stands);
        continue;
      }
      if (this.isSpent) return 'spent';
      const state = await this.read(object, note, known.lastNoteOf(object));
      // One that failed for a reason of the store is not noted, but it counts: later slices of the listing know nothing of it.
      if (state !== 'gone') tally.count(object.key, state ?? 'failing');
    }
    return tally;
  }

  /**
   * @param note what is known of this version of it.
   * @param before what is known of it, whatever its version.
   * @param version to read. Default: the newest.
   * @returns what became of it; nothing when that is not known.
   */
  async read(
    object: ListedObject,
    note: ObjectDocument | undefined,
    before: ObjectDocument | undefined,
    version?: string,
  ): Promise<ObjectState | undefined> {
    this.hasRead = true;
    let records = 0;
    let versionId: string | undefined;
    const { source, signal } = this.slice.options;
    const options = { ...this.bad.policy.reading, salvage: this.bad.isLastAttempt(note) };
    const onVersion = (found: string | undefined) => {
      versionId = found;
    };
    const { objects, stream } = this;
    const reading = { source, objects, stream, key: object.key, versionId: version, options, signal, onVersion };
    try {
      for await (const batch of new ReadAhead(readObject(reading))) {
        records += batch.times.length;
        await this.slice.gather(batch);
      }
    } catch (error) {
      return this.failed(object, note, error);
    }
    this.slice.countFile();
    this.outagesInARow = 0;
    if (before?.state === 'setAside') {
      await this.slice.storeGathered();
      await resolveQuarantined(this.slice.options.collections, [entryIdOf(this.scope, before)]);
    }
    return this.add(object, { state: 'read', records, ...(versionId === undefined ? {} : { versionId }) });
  }

  private async failed(
    object: ListedObject,
    note: ObjectDocument | undefined,
    error: unknown,
  ): Promise<ObjectState | undefined> {
    if (!(error instanceof RawError)) throw error;
    if (error instanceof DamagedFileError) {
      // Nobody's records, so they are for one stream to keep.
      const isForOther = shareOf(this.slice.options.source, this.objects, this.stream) === 'own';
      if (isForOther && error.damage === 'foreign') return this.add(object, { state: 'read', records: 0 });
      const { state, failure } = await this.bad.judge(object, note, error);
      if (state === 'failing') this.firstFailure ??= error;
      return this.add(object, { state, records: 0, failure });
    }
    if (error.facts.origin !== 's3') throw error;
    if (isArchived(error.facts)) return this.add(object, { state: 'archived', records: 0 });
    if (isGone(error.facts)) return this.gone(object);
    return this.outage(error);
  }

  /** Of an object that is read another time. @throws the error when the others would fail, too */
  async outage(error: RawError): Promise<undefined> {
    this.outagesInARow += 1;
    this.firstFailure ??= error;
    if (this.outagesInARow < MAX_OUTAGES && classify(error.facts).severity !== 'warning') return undefined;
    await this.note();
    throw error;
  }

  async gone(object: ListedObject, found = 'listed'): Promise<ObjectState> {
    const { key, lastModified } = object;
    const reason = `the object ${this.objects.bucket.name}/${key} was ${found}, and gone before it could be read`;
    await this.slice.recordGap({ from: lastModified, to: lastModified, reason });
    return this.add(object, { state: 'gone', records: 0 });
  }

  private async add(
    { key, etag, size, lastModified }: ListedObject,
    outcome: Pick<ObjectNote, 'state' | 'records' | 'versionId' | 'failure'>,
  ): Promise<ObjectState> {
    this.notes.push({ key, etag, size, lastModified, ...outcome });
    this.unnotedRecords += outcome.records;
    if (this.notes.length >= NOTED_AT_ONCE || this.unnotedRecords >= NOTED_RECORDS) await this.note();
    return outcome.state;
  }

  /** After the records of the objects, and before the checkpoint: what is not noted is read again, and known then. */
  async note(): Promise<void> {
    await this.slice.storeGathered();
    const { notes } = this;
    if (notes.length === 0) return;
    this.notes = [];
    this.unnotedRecords = 0;
    await noteObjects(this.slice.options.collections, this.scope, notes);
    if (notes.some(({ state }) => DONE_STATES.has(state))) await this.slice.move({});
  }
}

/** What is listed again although it was gone is there. */
function isDue({ state, at }: ObjectDocument): boolean {
  if (state === 'archived') return Date.now() - at.getTime() >= ARCHIVE_WAIT_MS;
  return state === 'failing' || state === 'gone';
}
