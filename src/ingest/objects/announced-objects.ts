/**
 * Reads the objects that a queue has announced. A notification only says what to look at: what the object is by now is asked of
 * the bucket, and it is read, stored and noted as when it is found by comparing.
 */

import { RawError } from '../../domain/failures/failure.js';
import { addTallies, NO_OBJECTS } from '../../domain/streams/object-tally.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { ListedObject } from '../../s3/bucket.js';
import { unquoted } from '../../s3/notification.js';
import { knownObjects, type ObjectDocument, type ObjectState } from '../../store/objects.js';
import { type AwaitedObject, awaitedObjects, settleObjects } from '../../store/queue-messages.js';
import type { Slice } from '../slice/slice.js';
import { keysOf, type SourceObjects } from '../source/source-objects.js';
import type { SourceQueue } from '../source/source-queue.js';
import type { ObjectCollection } from './collect-objects.js';
import { KnownObjects } from './known-objects.js';
import { isNothing } from './listed-objects.js';

/**
 * An object that was announced and is not there is waited for as long, in milliseconds: some stores announce the parts of an
 * upload before there is an object. After that it is gone.
 */
const ABSENT_MS = 15 * 60_000;
/** So many objects are looked at before what became of them is settled. */
const SETTLED_AT_ONCE = 100;
/** Nothing more is to be read, until there is another notification. */
const SETTLED: ReadonlySet<ObjectState | undefined> = new Set(['read', 'setAside', 'archived', 'gone']);

export class AnnouncedObjects {
  /** Looked at in this slice: what could not be settled is for the next one. */
  private readonly looked = new Set<string>();
  /** Messages of those. */
  private left = 0;
  private added = 0;

  constructor(
    private readonly slice: Slice,
    private readonly stream: StreamName,
    private readonly objects: SourceObjects,
    private readonly queue: SourceQueue,
    private readonly collection: ObjectCollection,
  ) {}

  /** Reads what the stream has yet to read. @throws what an outage of the bucket throws */
  async read(): Promise<'done' | 'spent'> {
    const { collections, source } = this.slice.options;
    const { sourceId } = source.settings;
    for (;;) {
      const limit = this.left + SETTLED_AT_ONCE;
      const awaited = await awaitedObjects(collections, this.queue.scopeOf(sourceId), this.stream, limit);
      const groups = [...grouped(awaited)].filter(([name]) => !this.looked.has(name));
      if (groups.length === 0) return 'done';
      const done: AwaitedObject[] = [];
      for (const [name, group] of groups) {
        if (this.isSpent) break;
        this.looked.add(name);
        if (SETTLED.has(await this.readOne(group))) done.push(...group);
        else this.left += group.length;
      }
      await this.settle(done);
      if (this.isSpent) return 'spent';
    }
  }

  /** Each slice looks at something. */
  private get isSpent(): boolean {
    return this.slice.spent && this.looked.size > 0;
  }

  /** After the notes of the objects, which come after their records. */
  private async settle(done: readonly AwaitedObject[]): Promise<void> {
    const { collections, source } = this.slice.options;
    await this.collection.note();
    if (this.added > 0) {
      const { objects = NO_OBJECTS } = this.slice.checkpoint;
      await this.slice.savePlace({ objects: addTallies(objects, { ...NO_OBJECTS, read: this.added }) });
      this.added = 0;
    }
    await settleObjects(collections, done);
    if (done.length > 0) await this.queue.deleteSettled({ collections, sourceId: source.settings.sourceId });
  }

  /** @param group the notifications of one object: its newest version, or a certain one. */
  private async readOne(group: readonly [AwaitedObject, ...AwaitedObject[]]): Promise<ObjectState | undefined> {
    const [{ key, versionId, receivedAt }] = group;
    const { collections, signal } = this.slice.options;
    // It was wanted when it was announced, and what is wanted may have been changed since.
    if (key.endsWith('/') || !keysOf(this.objects, this.stream).wants(key)) return 'read';
    const before = (await knownObjects(collections, this.collection.scope, [key])).get(key);
    if (isRead(before) && group.every(({ etag }) => etag === unquoted(before.etag))) return 'read';
    const object = await this.look(key, versionId, signal);
    if (object === 'failed') return undefined;
    if (object === undefined) {
      const isAwaited = versionId === undefined && Date.now() - receivedAt.getTime() < ABSENT_MS;
      return isAwaited
        ? undefined
        : this.collection.gone({ key, etag: '', size: 0, lastModified: receivedAt }, 'announced');
    }
    if (isNothing(object)) return 'read';
    const known = await KnownObjects.among(collections, this.collection.scope, [object]);
    const stands = known.stateOf(object);
    if (stands === 'read' || stands === 'setAside') return stands;
    const state = await this.collection.read(object, known.noteOf(object), before, versionId);
    if (state === 'read' && before === undefined) this.added += 1;
    return state;
  }

  /** Where a permission to list is limited to some prefixes, AWS refuses to say of a single key that it is not there; a listing says so. */
  private async look(
    key: string,
    versionId: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ListedObject | undefined | 'failed'> {
    const { bucket } = this.objects;
    try {
      return await bucket.look(key, versionId, signal);
    } catch (error) {
      if (!(error instanceof RawError) || error.facts.origin !== 's3') throw error;
      if (error.facts.status === 403) {
        const { objects } = await bucket.list({ prefix: key, limit: 1 }, signal);
        return objects.find((object) => object.key === key);
      }
      await this.collection.outage(error);
      return 'failed';
    }
  }
}

function isRead(note: ObjectDocument | undefined): note is ObjectDocument {
  return note?.state === 'read' || note?.state === 'setAside';
}

function grouped(awaited: readonly AwaitedObject[]): Map<string, [AwaitedObject, ...AwaitedObject[]]> {
  const groups = new Map<string, [AwaitedObject, ...AwaitedObject[]]>();
  for (const object of awaited) {
    const name = JSON.stringify([object.key, object.versionId]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [object]);
    else group.push(object);
  }
  return groups;
}
