/** Every collection of the database with the shape of its documents, and every index: the only place that knows them. */

import type { Binary, Collection, Db, IndexDescription } from 'mongodb';
import type { HealthEvent } from '../source/health-event.js';
import type { Counts } from '../source/outcome.js';
import { COLLECTION_OF, STREAMS, type StreamName } from '../source/streams.js';

export interface CollectorDocument {
  readonly _id: number;
  readonly name: string;
  readonly createdAt: Date;
}

export interface SourceDocument {
  readonly _id: number;
  readonly collectorId: number;
  readonly name: string;
  /** `source.config` as it was validated, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Counts the saved versions of `config`, from 1. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The `baseUrl` that has given a token. */
  readonly knownHost?: string;
  /** Set while the source is meant to be stopped. */
  readonly stoppedAt?: Date;
}

/** How far a stream of a source has been read. Written only after the records that it stands for. */
export interface CheckpointDocument {
  /** `<sourceId>/<stream>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** Grows with each write; a write on an older version is refused, so a worker thought dead cannot move it back. */
  readonly version: number;
  /** Start of the very first collection: nothing older is asked for. */
  readonly beginAt: Date;
  /** SIEM streams: the page to ask for; absent before the first page was finished. */
  readonly pageToken?: string;
  /** SIEM streams: paths of the files of that page that are stored already. */
  readonly filesDone: readonly string[];
  /** Audit, DLP and hold: everything up to this time has been read. */
  readonly readUntil?: Date;
  readonly totals: Counts;
  /** Set while there may be records stored that `totals` does not count yet: a worker that died leaves it set. */
  readonly unsettled?: boolean;
  /** Newest `_messageTime` stored. */
  readonly lastEventTime?: Date;
  readonly updatedAt: Date;
}

/** What could not be read as a record. */
export interface QuarantineDocument {
  /** Derived from source, stream, content and occurrence, so that a re-read does not add it twice. */
  readonly _id: Binary;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly reason: string;
  /** File path and line number, or page and index. */
  readonly place: string;
  /** The text, at most its first 1,048,576 characters. */
  readonly text: string;
  /** Whole length in bytes. */
  readonly size: number;
  readonly at: Date;
}

/** A time from which records may be missing. */
export interface GapDocument {
  /** `<sourceId>/<stream>/<from>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
  /** When it was noticed. */
  readonly at: Date;
}

export interface HealthEventDocument extends HealthEvent {
  /** The event's UUID. */
  readonly _id: string;
}

export interface Collections {
  readonly collectors: Collection<CollectorDocument>;
  readonly sources: Collection<SourceDocument>;
  readonly checkpoints: Collection<CheckpointDocument>;
  readonly quarantine: Collection<QuarantineDocument>;
  readonly gaps: Collection<GapDocument>;
  readonly healthEvents: Collection<HealthEventDocument>;
  readonly counters: Collection<{ readonly _id: string; readonly value: number }>;
  records(stream: StreamName): Collection<RecordDocument>;
  /** Makes what is missing of collections and indexes; harmless when all are there. */
  ensureIndexes(): Promise<void>;
}

/** A stored record as far as the store itself knows it. */
export interface RecordDocument {
  readonly _id: Binary;
  readonly _sourceId: number;
  readonly _messageTime: Date;
  readonly _receiptTime: Date;
  readonly [key: string]: unknown;
}

export function collectionsOf(db: Db): Collections {
  return {
    collectors: db.collection('collectors'),
    sources: db.collection('sources'),
    checkpoints: db.collection('checkpoints'),
    quarantine: db.collection('quarantine'),
    gaps: db.collection('gaps'),
    healthEvents: db.collection('health_events'),
    counters: db.collection('counters'),
    records: (stream) => db.collection(COLLECTION_OF[stream]),
    ensureIndexes: () => ensureIndexes(db),
  };
}

const INDEXES: Readonly<Record<string, readonly IndexDescription[]>> = {
  collectors: [{ key: { name: 1 }, unique: true }],
  sources: [{ key: { collectorId: 1, name: 1 }, unique: true }],
  checkpoints: [{ key: { sourceId: 1 } }],
  quarantine: [{ key: { sourceId: 1, at: -1 } }],
  gaps: [{ key: { sourceId: 1, from: 1 } }],
  health_events: [{ key: { sourceId: 1, eventTime: -1 } }, { key: { resolvedAt: 1, eventTime: -1 } }],
  ...Object.fromEntries(
    STREAMS.map((stream) => [COLLECTION_OF[stream], [{ key: { _sourceId: 1, _messageTime: -1 } }]]),
  ),
};

async function ensureIndexes(db: Db): Promise<void> {
  for (const [name, indexes] of Object.entries(INDEXES)) await db.collection(name).createIndexes([...indexes]);
}
