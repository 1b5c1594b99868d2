/** Keeps what is known of older objects in short: notes become digests, see `folded-objects.ts`. */

import { addFolded, countFolded, removeUnseen } from '../../store/folded-objects.js';
import {
  hasReadBefore,
  notesReadBefore,
  type ObjectDocument,
  type ObjectScope,
  removeGone,
  removeRead,
} from '../../store/objects.js';
import { CheckpointMovedError } from '../../store/writer.js';
import type { Slice } from '../slice/slice.js';
import { FOLD_POLICY } from '../source/fold-policy.js';

/**
 * To be called after a full listing.
 *
 * @param listedSince when it began.
 * @throws CheckpointMovedError when an operator has reset the position meanwhile.
 */
export async function foldObjects(slice: Slice, scope: ObjectScope, listedSince: Date): Promise<void> {
  const { collections, foldPolicy = FOLD_POLICY } = slice.options;
  await removeUnseen(collections, scope, listedSince);
  const before = new Date(Date.now() - foldPolicy.afterMs);
  if (!(await hasReadBefore(collections, scope, before, foldPolicy.atLeast))) return;
  await removeGone(collections, scope, before);
  let notes: ObjectDocument[] = [];
  for await (const note of notesReadBefore(collections, scope, before)) {
    if (notes.push(note) < foldPolicy.together) continue;
    await fold(slice, scope, notes, before);
    if (slice.spent) return;
    notes = [];
  }
  if (notes.length > 0) await fold(slice, scope, notes, before);
}

/**
 * At every moment an object stands in its note, folded, or both, which is the same. A reset of the position moves the checkpoint,
 * and then removes what is folded: either it meets this, or the checkpoint tells.
 */
async function fold(slice: Slice, scope: ObjectScope, notes: readonly ObjectDocument[], before: Date): Promise<void> {
  const { collections } = slice.options;
  const id = await addFolded(collections, scope, notes);
  await slice.savePlace({});
  if (!(await countFolded(collections, id))) throw new CheckpointMovedError(slice.checkpoint._id);
  await removeRead(collections, notes, before);
}
