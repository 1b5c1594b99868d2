/** The objects of exports that hold what was erased: they are in other people's buckets, and are named to be removed there. */

import type { RecordId } from '../../domain/records/record.js';
import type { Collections } from '../../store/collections.js';
import { erasedBySource } from '../../store/erased-records.js';
import { allCuts } from '../../store/exports.js';
import { pastExportOf } from '../../store/past-exports.js';
import { allParts } from '../../store/past-parts.js';
import { objectName } from '../export/object-name.js';
import { pastObject } from '../export/past-object.js';

/** @returns their keys */
export async function exportedWith(collections: Collections, erasure: number): Promise<string[]> {
  const { id: installationId } = await collections.installation();
  const keys = new Set<string>();
  for (const [sourceId, erased] of await erasedBySource(collections, erasure)) {
    const holds = (ids: readonly RecordId[]) => ids.some((id) => erased.has(id.toString('hex')));
    for await (const { seq, at, made, objects } of allCuts(collections, sourceId))
      for (const { stream } of objects.filter(({ ids }) => holds(ids)))
        keys.add(objectName(made?.prefix ?? '', { installationId, sourceId, stream, part: seq, at }).key);
    for await (const part of allParts(collections, sourceId)) {
      if (!holds(part.ids)) continue;
      const past = await pastExportOf(collections, sourceId, Number(part._id.split('/')[0]));
      if (past !== null) keys.add(pastObject(past.target, installationId, part).name.key);
    }
  }
  return [...keys].toSorted();
}
