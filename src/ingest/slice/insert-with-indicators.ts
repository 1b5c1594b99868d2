/** Inserts records together with their indicators, and compares them with the watchlists. */

import { INDICATORS_KEY } from '../../domain/indicators/indicator.js';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { indicatorsOf } from '../../indicators/extract.js';
import type { Collections } from '../../store/collections.js';
import {
  type Inserted,
  insertAbsent,
  insertRecords,
  insertSome,
  keepRecordsErased,
  ofWhole,
} from '../../store/records.js';
import type { Writer } from '../../store/writer.js';
import { compareWithWatchlists } from '../watchlists/watch-set.js';

/** Where records go. */
export interface Destination {
  readonly collections: Collections;
  /** The attempt that stores them; the collections themselves where nobody can fence it off. */
  readonly writer: Writer | Collections;
  /** Whether most of the records are likely to be stored. Default false. */
  readonly areKnown?: boolean;
}

/** What was erased counts as known. @param documents after the source's rules. */
export async function insertWithIndicators(
  to: Destination,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<Inserted> {
  const erased = await keepRecordsErased(to.writer, stream, documents);
  if (erased.size === 0) return insertUnerased(to, stream, documents);
  const indexes = [...documents.keys()];
  const isErased = (index: number) => erased.has(documents[index]?._id.toString('hex') ?? '');
  const others = indexes.filter((index) => !isErased(index));
  const kept = others.flatMap((index) => documents[index] ?? []);
  const inserted = ofWhole(await insertUnerased(to, stream, kept), others);
  const gone = indexes.filter(isErased);
  return {
    ...inserted,
    duplicates: inserted.duplicates + gone.length,
    known: new Set([...inserted.known, ...gone]),
  };
}

async function insertUnerased(
  { collections, writer, areKnown = false }: Destination,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<Inserted> {
  const found = documents.map((document) => withIndicators(stream, document));
  const first = await (areKnown ? insertAbsent : insertRecords)(writer, stream, found);
  const inserted = first.refused.length === 0 ? first : await insertBare(writer, stream, documents, first);
  const late = await keepRecordsErased(writer, stream, documents);
  const refused = new Set(inserted.refused.map(({ index }) => index));
  // Those that were stored before, too: the attempt that stored them may not have come as far as this.
  await compareWithWatchlists(
    collections,
    stream,
    found.filter(({ _id }, index) => !refused.has(index) && !late.has(_id.toString('hex'))),
  );
  return late.size === 0 ? inserted : withoutLate(inserted, documents, late);
}

/** What was erased while it was stored: it was stored for a moment, and now counts as known. */
function withoutLate(inserted: Inserted, documents: readonly RecordDocument[], late: ReadonlySet<string>): Inserted {
  const { known, refused } = inserted;
  const isRefused = (index: number) => refused.some((each) => each.index === index);
  const gone = [...documents.entries()].flatMap(([index, { _id }]) =>
    late.has(_id.toString('hex')) && !known.has(index) && !isRefused(index) ? [index] : [],
  );
  return {
    ...inserted,
    stored: inserted.stored - gone.length,
    duplicates: inserted.duplicates + gone.length,
    known: new Set([...known, ...gone]),
  };
}

/** A record that only just fits into a document does not with its indicators: it is stored without them. */
async function insertBare(
  writer: Destination['writer'],
  stream: StreamName,
  documents: readonly RecordDocument[],
  inserted: Inserted,
): Promise<Inserted> {
  const tried = inserted.refused.map(({ index }) => index);
  const again = await insertSome(writer, stream, documents, tried);
  return {
    stored: inserted.stored + again.stored,
    duplicates: inserted.duplicates + again.duplicates,
    known: new Set([...inserted.known, ...again.known]),
    refused: again.refused,
  };
}

export type RecordWithIndicators = RecordDocument & { readonly [INDICATORS_KEY]: readonly string[] };

/** The key is there without any indicators, too: without it, the fill-in would take the record for one of before. */
export function withIndicators(stream: StreamName, document: RecordDocument): RecordWithIndicators {
  return { ...document, [INDICATORS_KEY]: indicatorsOf(stream, document) };
}
