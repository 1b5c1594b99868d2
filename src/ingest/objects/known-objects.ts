/** The objects of a page of a listing, compared with what is known. */

import type { ListedObject } from '../../s3/bucket.js';
import type { Collections } from '../../store/collections.js';
import { foldedAmong } from '../../store/folded-objects.js';
import { knownObjects, type ObjectDocument, type ObjectScope, type ObjectState } from '../../store/objects.js';
import { isSameVersion } from './listed-objects.js';

export class KnownObjects {
  private constructor(
    private readonly notes: ReadonlyMap<string, ObjectDocument>,
    private readonly folded: ReadonlySet<string>,
  ) {}

  static async among(store: Collections, scope: ObjectScope, objects: readonly ListedObject[]): Promise<KnownObjects> {
    const keys = objects.map(({ key }) => key);
    const notes = new KnownObjects(await knownObjects(store, scope, keys), new Set());
    const others = objects.filter((object) => notes.noteOf(object) === undefined);
    return new KnownObjects(notes.notes, await foldedAmong(store, scope, others));
  }

  /** Of its key, in whatever version. */
  lastNoteOf({ key }: ListedObject): ObjectDocument | undefined {
    return this.notes.get(key);
  }

  /** Of the version that is listed. */
  noteOf(object: ListedObject): ObjectDocument | undefined {
    const note = this.lastNoteOf(object);
    return note !== undefined && isSameVersion(note, object) ? note : undefined;
  }

  /** Of the version that is listed. */
  stateOf(object: ListedObject): ObjectState | undefined {
    return this.folded.has(object.key) ? 'read' : this.noteOf(object)?.state;
  }
}
