/** The objects of exports that hold what was erased: they are in other people's buckets, and are named to be removed there. */

import { filledString, isObject } from '../../domain/json.js';
import type { RecordId } from '../../domain/records/record.js';
import type { Collections } from '../../store/collections.js';
import { erasedBySource } from '../../store/erased-records.js';
import { allCuts } from '../../store/exports.js';
import { pastExportOf } from '../../store/past-exports.js';
import { allParts } from '../../store/past-parts.js';
import { storedSource } from '../../store/sources.js';
import { objectName } from '../export/object-name.js';
import { pastObject } from '../export/past-object.js';

/** @returns their addresses, `s3://<bucket>/<key>` */
export async function exportedWith(collections: Collections, erasure: number): Promise<string[]> {
  const { id: installationId } = await collections.installation();
  const keys = new Set<string>();
  for (const [sourceId, erased] of await erasedBySource(collections, erasure)) {
    const holds = (ids: readonly RecordId[]) => ids.some((id) => erased.has(id.toString('hex')));
    const target = await targetOf(collections, sourceId);
    for await (const { seq, at, made, objects } of allCuts(collections, sourceId)) {
      // A prefix may have been corrected before the object was written.
      const prefixes = new Set([made?.prefix, target?.prefix].filter((prefix) => prefix !== undefined));
      for (const { stream } of objects.filter(({ ids }) => holds(ids)))
        for (const prefix of prefixes)
          keys.add(
            addressOf(target?.bucket, objectName(prefix, { installationId, sourceId, stream, part: seq, at }).key),
          );
    }
    for await (const part of allParts(collections, sourceId)) {
      if (!holds(part.ids)) continue;
      const past = await pastExportOf(collections, sourceId, Number(part._id.split('/')[0]));
      if (past !== null)
        keys.add(addressOf(past.target.bucket, pastObject(past.target, installationId, part).name.key));
    }
  }
  return [...keys].toSorted();
}

/** Where a source exports to now; nothing once it does not. */
async function targetOf(collections: Collections, sourceId: number) {
  const target = (await storedSource(collections, { _id: sourceId }))?.config.export;
  return isObject(target)
    ? { bucket: filledString(target.bucket), prefix: filledString(target.prefix) ?? '' }
    : undefined;
}

/** @param bucket absent for a source that exports no longer */
function addressOf(bucket: string | undefined, key: string): string {
  return bucket === undefined ? key : `s3://${bucket}/${key}`;
}
