/** What an object of an export of the past is called, and by which mark it is known. */

import { createHash } from 'node:crypto';
import type { PastTarget } from '../../domain/export/past-export.js';
import type { PastPart } from '../../store/past-parts.js';
import { type ObjectName, objectName } from './object-name.js';

/** The same records in the same form make the same object. */
export function pastObject(
  { form, prefix }: Pick<PastTarget, 'form' | 'prefix'>,
  installationId: string,
  { sourceId, stream, ids, first }: Pick<PastPart, 'sourceId' | 'stream' | 'ids' | 'first'>,
): { readonly name: ObjectName; readonly mark: string } {
  const hash = createHash('sha256').update(`${installationId}\n${sourceId}\n${stream}\n${form}\n`);
  for (const { buffer } of ids) hash.update(buffer);
  const mark = hash.digest('hex');
  const part = `past-${mark.slice(0, 16)}`;
  return { name: objectName(prefix, { installationId, sourceId, stream, part, at: first }), mark };
}
