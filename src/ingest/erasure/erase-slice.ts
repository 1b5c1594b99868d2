/**
 * One slice of an erasure: it goes through all documents of all collections. First it counts what names the person; once that is
 * confirmed it erases it, and then looks at the bytes of everything that is left, as often as that finds something new.
 */

import {
  type ByCollection,
  type ErasurePlace,
  type ErasureProgress,
  isActive,
  positionOf,
} from '../../domain/erasure/erasure.js';
import { formsOf } from '../../domain/erasure/person.js';
import { present } from '../../domain/present.js';
import type { RecordId } from '../../domain/records/record.js';
import { hasBytes, namesPerson } from '../../records/find-person.js';
import { collectionNames, documentsFrom, type StoredDocument } from '../../store/all-documents.js';
import { noteDone } from '../../store/audit-trail.js';
import type { Collections } from '../../store/collections.js';
import { countErased, erasedAmong } from '../../store/erased-records.js';
import { type ErasureDocument, erasureOf, moveErasure } from '../../store/erasures.js';
import { exportedWith } from './exported.js';
import { isLater, type Person, treat, treatmentOf } from './treat.js';

/** Documents that are looked at at once. */
const BATCH = 500;
/** What still finds something after so many checks says so, and ends: somebody goes on storing it. */
const MOST_CHECKS = 5;
/** Keys of exported objects that are told. */
const MOST_KEYS = 1_000;
/** They hold the addresses until the end. */
const OWN = 'erasures';

export interface EraseOptions {
  readonly collections: Collections;
  readonly erasureId: number;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new batch is begun. */
  readonly until: number;
}

export async function eraseSlice(options: EraseOptions): Promise<ErasureProgress> {
  const { collections, erasureId } = options;
  await collections.ensureIndexes();
  let erasure = await erasureOf(collections, erasureId);
  while (erasure !== null && isActive(erasure.state)) {
    erasure = await step(options, erasure);
    if (isOver(options)) break;
  }
  if (erasure === null || !isActive(erasure.state)) return { isDone: true, position: erasure?.state ?? 'gone' };
  return { isDone: false, position: positionOf(erasure.place) ?? 'not begun' };
}

function isOver({ signal, until }: EraseOptions): boolean {
  return signal.aborted || Date.now() >= until;
}

/** Goes through the rest of a collection, or ends a pass. */
async function step(options: EraseOptions, erasure: ErasureDocument): Promise<ErasureDocument> {
  const { collections } = options;
  const place = erasure.place ?? { pass: erasure.state === 'Counting' ? 'count' : 'erase', read: 0, checks: 0 };
  const { collection: last, after, isThrough = false } = place;
  const names = (await collectionNames(collections)).filter((name) => name !== OWN);
  const name = names.find((each) => last === undefined || (isThrough ? each > last : each >= last));
  if (name === undefined) return endPass(collections, erasure, place);
  const person = {
    erasure: erasure._id,
    until: erasure.confirmedAt,
    forms: (erasure.addresses ?? []).flatMap(formsOf),
  };
  const { pass, checks, hasFound } = place;
  let now = erasure;
  let read = place.read;
  let found = hasFound;
  for await (const batch of documentsFrom(collections, name, name === last ? after : undefined, BATCH)) {
    const seen = await look(collections, person, place, name, batch);
    read += batch.length;
    found = found === true || (pass === 'check' && (seen.erased ?? 0) > 0);
    const at = { pass, checks, read, hasFound: found, collection: name, ...present({ after: batch.at(-1)?.id }) };
    now = await moveErasure(collections, now, { place: at, ...counted(now, name, seen) });
    if (isOver(options)) return now;
  }
  const through = { pass, checks, read, ...present({ hasFound: found }), collection: name, isThrough: true };
  return moveErasure(collections, now, { place: through });
}

const COUNTED = ['found', 'erased', 'left', 'later', 'similar'] as const;
type Counted = (typeof COUNTED)[number];
type Seen = Readonly<Partial<Record<Counted, number>>>;

function counted(erasure: ErasureDocument, name: string, seen: Seen): Partial<Record<Counted, ByCollection>> {
  const kinds = COUNTED.filter((kind) => (seen[kind] ?? 0) > 0);
  return Object.fromEntries(
    kinds.map((kind) => [kind, { ...erasure[kind], [name]: (erasure[kind][name] ?? 0) + (seen[kind] ?? 0) }]),
  );
}

async function look(
  collections: Collections,
  person: Person,
  { pass, checks }: ErasurePlace,
  name: string,
  batch: readonly StoredDocument[],
): Promise<Seen> {
  const suspects = pass === 'check' ? batch.filter(({ bytes }) => hasBytes(bytes, person.forms)) : batch;
  const all = suspects.filter(({ content }) => namesPerson(content, person.forms));
  const named = all.filter(({ content }) => !isLater(name, content, person.until));
  const later = pass === 'check' ? all.length - named.length : 0;
  const similar = pass === 'check' ? suspects.length - all.length : 0;
  if (treatmentOf(name) === 'left') return { left: named.length, similar };
  if (pass === 'count') return { found: named.length };
  const orphans = treatmentOf(name) === 'about records' ? await aboutErased(collections, batch) : [];
  const erased = await treat(collections, person, name, [...new Set([...named, ...orphans])]);
  const isLast = pass === 'check' && checks >= MOST_CHECKS;
  return { erased, later, similar, left: isLast ? named.length : Math.max(0, named.length - erased) };
}

/** Of notes about records, those about records that were erased. */
async function aboutErased(collections: Collections, batch: readonly StoredDocument[]): Promise<StoredDocument[]> {
  const ids = batch.map(({ content }): RecordId => content.recordId);
  const erased = await erasedAmong(collections, ids);
  return batch.filter(({ content }) => erased.has(content.recordId.toString('hex')));
}

async function endPass(
  collections: Collections,
  erasure: ErasureDocument,
  { pass, checks, hasFound = false }: ErasurePlace,
): Promise<ErasureDocument> {
  if (pass === 'count') return moveErasure(collections, erasure, { state: 'Previewed' });
  if (pass === 'erase' || (hasFound && checks < MOST_CHECKS)) {
    const place: ErasurePlace = { pass: 'check', read: 0, checks: checks + 1 };
    return moveErasure(collections, erasure, { place, left: {}, later: {}, similar: {} });
  }
  const { _id, reason, left } = erasure;
  const erased = await erasedIn(collections, erasure);
  const exported = (await exportedWith(collections, _id)).slice(0, MOST_KEYS);
  await noteDone(collections, {
    actor: erasure.startedBy,
    action: 'erasure.complete',
    to: { erasure: _id, reason, erased, left },
  });
  return moveErasure(collections, erasure, { state: 'Completed', erased, exported });
}

/** An attempt that died may have erased without counting; identities that were noted are counted exactly. */
async function erasedIn(collections: Collections, { _id, erased }: ErasureDocument): Promise<ByCollection> {
  const names = await collectionNames(collections);
  const exact = await Promise.all(
    names
      .filter((name) => treatmentOf(name) === 'records')
      .map(async (name) => [name, await countErased(collections, _id, name)] as const),
  );
  return { ...erased, ...Object.fromEntries(exact.filter(([, count]) => count > 0)) };
}
