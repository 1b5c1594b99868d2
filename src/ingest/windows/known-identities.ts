/**
 * Recognizes records that an earlier version stored under their whole id, parts that change included, so that they are not
 * stored again under what stays the same in it.
 */

import type { RecordId } from '../../domain/records/record.js';
import type { SealedForm } from '../../domain/streams/definitions/definition.js';
import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import { stableIdOf } from '../../records/sealed-id.js';
import type { Collections } from '../../store/collections.js';
import { absentRecords, type NamedRecord, recordsNamed } from '../../store/records.js';
import type { ReadRows, RenamedRow } from './read-rows.js';

/** The page with the identities that its records have in the store. */
export async function withKnownIdentities<Page extends ReadRows>(
  collections: Collections,
  sourceId: number,
  stream: RecordStream,
  page: Page,
): Promise<Page> {
  const { identity } = definitionOf(stream);
  if (identity.by === 'content' || page.renamed.length === 0) return page;
  const absent = await absentRecords(
    collections,
    stream,
    page.renamed.map(({ id }) => id),
  );
  const rows = page.renamed.filter(({ id }) => absent.has(hexOf(id)));
  if (rows.length === 0) return page;
  const candidates = await recordsNamed(collections, stream, sourceId, {
    ids: rows.map(({ formerId }) => formerId),
    times: rows.flatMap(({ time }) => time ?? []),
  });
  const known = knownOf(identity, rows, candidates);
  if (known.size === 0) return page;
  const now = (id: RecordId) => known.get(hexOf(id)) ?? id;
  return {
    ...page,
    records: page.records.map(({ document, time }) => ({ document: { ...document, _id: now(document._id) }, time })),
    listed: page.listed.map(now),
  };
}

/**
 * @param candidates the first stored first: an earlier version may have stored a record under several ids, and then all its
 * listings have to mean the same one.
 * @returns what is stored, by the identity that it would have today.
 */
function knownOf(
  form: SealedForm,
  rows: readonly RenamedRow[],
  candidates: readonly NamedRecord[],
): ReadonlyMap<string, RecordId> {
  const byStableId = new Map<string, RecordId>();
  const byId = new Map<string, RecordId>();
  for (const { _id, _messageTime, id } of candidates) {
    byId.set(hexOf(_id), _id);
    const stableId = typeof id === 'string' ? stableIdOf(form, id, _messageTime) : undefined;
    if (stableId !== undefined && !byStableId.has(stableId)) byStableId.set(stableId, _id);
  }
  return new Map(
    rows.flatMap(({ id, formerId, stableId }) => {
      const known = byStableId.get(stableId) ?? byId.get(hexOf(formerId));
      return known === undefined ? [] : [[hexOf(id), known] as const];
    }),
  );
}

function hexOf(id: RecordId): string {
  return id.toString('hex');
}
