/** Exports of the past of a source, slice by slice, without a workflow. */

import type { PastSliceOutcome } from '../../src/domain/export/past-export.js';
import { understood } from '../../src/management/past-exports/past-wish.js';
import type { Collections } from '../../src/store/collections.js';
import {
  createPastExport,
  nextPastExportId,
  type PastExportDocument,
  pastExportOf,
} from '../../src/store/past-exports.js';
import type { ExportingSource } from './exporting-source.js';
import { raw } from './raw-collections.js';
import { S3_KEYS } from './s3-server.js';
import { testKeyring } from './test-keyring.js';

/** Stores one as the service does. @param wish what is not given is as the source's own export has it. */
export async function newPastExport(
  { collections, id }: Pick<ExportingSource, 'collections' | 'id'>,
  wish: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const source = await raw(collections).sources.findOne({ _id: id });
  if (source === null) throw new Error(`no source ${id}`);
  const asked = { from: '3650d', ...S3_KEYS.writer, ...wish };
  const { newSecret = '', ...wanted } = understood(asked, source, { allowInsecure: true });
  const secret = await testKeyring.encrypt(newSecret);
  const made = await createPastExport(collections, await nextPastExportId(collections), {
    ...wanted,
    sourceId: id,
    secret,
    startedBy: 'test',
  });
  if (made === undefined) throw new Error('another one runs');
  return made._id;
}

export function pastSlice(source: ExportingSource, exportId: number): Promise<PastSliceOutcome> {
  return source.run(({ exportPast }, id) => exportPast(id, exportId));
}

/** Slice after slice until it is over. */
export async function runPastExport(
  source: ExportingSource,
  exportId: number,
  store: Collections = source.collections,
): Promise<PastExportDocument> {
  while ((await pastSlice(source, exportId)).result !== 'over');
  const ended = await pastExportOf(store, source.id, exportId);
  if (ended === null) throw new Error('it is gone');
  return ended;
}
