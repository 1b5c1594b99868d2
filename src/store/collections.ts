/** Every collection of the database with the shape of its documents, and every index: the only place that knows them. */

import type { Binary, Collection, Db, IndexDescription, ObjectId } from 'mongodb';
import type { Installation } from '../domain/contract/installation.js';
import type { HostDoubts } from '../domain/failures/host-doubts.js';
import type { HealthEvent } from '../domain/health/health-event.js';
import type { BadFile } from '../domain/records/bad-file.js';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { AlterationCounts } from '../domain/streams/alterations.js';
import type { IdlePages } from '../domain/streams/idle-pages.js';
import type { Counts, GapCount, PositionResets } from '../domain/streams/outcome.js';
import type { RuleCounts } from '../domain/streams/rule-counts.js';
import { COLLECTION_OF, STREAMS, type StreamName } from '../domain/streams/streams.js';
import type { QueueState, WindowPosition } from '../domain/streams/window.js';
import type { FieldDocument } from './fields.js';
import { type InstallationDocument, readInstallation } from './installation.js';
import type { MissingRecords, Rereads } from './rereads.js';
import type { RuleMatchStore } from './rule-matches.js';

export interface CollectorDocument {
  readonly _id: number;
  readonly name: string;
  readonly description?: string;
  /** Default `_sourceCategory` of its sources. */
  readonly category?: string;
  /** Put on every record of its sources; a source's own value goes before. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Name of a time zone as it was given, such as `Etc/UTC`; default `UTC`. */
  readonly timeZone?: string;
  /** Counts the changes; absent before the first. */
  readonly version?: number;
  readonly createdAt: Date;
  readonly updatedAt?: Date;
  /** Set while it waits for its last source to end, and is then deleted. */
  readonly deletingAt?: Date;
}

export interface SourceDocument {
  readonly _id: number;
  readonly collectorId: number;
  readonly name: string;
  /** `source.config` as it was validated, defaults filled in; `clientSecret` is masked when there is a `secret`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The client secret, encrypted (JWE). */
  readonly secret?: string;
  /** Counts the saved versions of `config`, from 1. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The `baseUrl` that has given a token. */
  readonly knownHost?: string;
  /** What speaks against a `baseUrl` that has not given one. */
  readonly hostDoubts?: HostDoubts;
  /** Set while the source is meant to be stopped. */
  readonly stoppedAt?: Date;
  /** Set once the source is to be deleted: it ends, and the document goes with its end. */
  readonly deletingAt?: Date;
  /** The version that its workflow has last begun to work with. */
  readonly seenVersion?: number;
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
  /** SIEM streams: names (host and path) of the files of that page that are stored; of a page of thousands, their digests. */
  readonly filesDone: readonly string[];
  /** SIEM streams: files of that page that were tried and cannot be read so far; the page waits for them. */
  readonly badFiles?: readonly BadFile[];
  /** SIEM streams: pages in a row that brought nothing new. */
  readonly idle?: IdlePages;
  /** Audit, DLP and hold: everything up to this time has been read. */
  readonly readUntil?: Date;
  /** Audit, DLP and hold: the window that is being read, when it did not fit into one slice. */
  readonly window?: WindowPosition;
  /** Hold: what is known of the queue as a whole. */
  readonly queue?: QueueState;
  readonly totals: Counts;
  /** Times from which its records are missing for good. */
  readonly gaps?: GapCount;
  /** What the processing rules did. */
  readonly ruled?: RuleCounts;
  /** Records that could not be stored exactly as received. */
  readonly altered?: AlterationCounts;
  /** Set while there may be records stored that `totals` does not count yet: a worker that died leaves it set. */
  readonly unsettled?: boolean;
  /** Set anew whenever a backfill has stored something: `totals` is to be counted anew. */
  readonly recountFor?: string;
  /** SIEM streams: when files last came, or else since when the stream is known to be empty. */
  readonly newsAt?: Date;
  /** SIEM streams: when the position was last proven, by files or by a look at what is listed by date. */
  readonly provenAt?: Date;
  /** SIEM streams: digests of the path and of the name of the last file that came. */
  readonly lastFile?: string;
  /** SIEM streams: how often in a row the token was refused. */
  readonly refusals?: number;
  /** How often the token was given up for that. */
  readonly resets?: PositionResets;
  /** When its position was last given up, by an operator or for being refused. */
  readonly resetAt?: Date;
  /** Newest `_messageTime` stored. */
  readonly lastEventTime?: Date;
  readonly updatedAt: Date;
}

/** What could not be read as a record: a line or an entry of a page, or a whole file. */
export interface QuarantineDocument {
  /**
   * Derived from source, stream, content and occurrence, or for a whole file from its name, so that a re-read does not
   * add it twice.
   */
  readonly _id: RecordId;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly reason: string;
  /** Path of a file, with the number of the line unless it is the whole file, or page and index. */
  readonly place: string;
  /** The text, at most its first 1,048,576 characters. */
  readonly text: string;
  /** What the text was read from, where that is not UTF-8 and nothing has to be hidden: at most its first 1,048,576 bytes. */
  readonly bytes?: Binary;
  /** Whole length in bytes. */
  readonly size: number;
  readonly at: Date;
  /** When a later reading of the file was good. */
  readonly resolvedAt?: Date;
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

/** Who may use the management API. */
export interface ApiKeyDocument {
  /** The access ID. */
  readonly _id: string;
  /** scrypt of the access key, hexadecimal. */
  readonly hash: string;
  /** Of the hash, hexadecimal. */
  readonly salt: string;
  readonly role: ApiRole;
  /** For people. */
  readonly label: string;
  readonly createdAt: Date;
}

/** An administrator may do everything, a viewer may read. */
export const API_ROLES = ['administrator', 'viewer'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Who did what, when, from which value to which. Written before the change, and completed after it. */
export interface AuditDocument {
  readonly _id: ObjectId;
  readonly at: Date;
  /** Access ID of a key, or `cli`. */
  readonly actor: string;
  /** Such as `source.update`. */
  readonly action: string;
  readonly collectorId?: number;
  readonly sourceId?: number;
  /** Name of what was changed. */
  readonly name?: string;
  /** What was configured before; secrets masked. */
  readonly from?: unknown;
  readonly to?: unknown;
  /** `begun` stays only when the program died in between: then the change may have been made or not. */
  readonly outcome: 'begun' | 'done' | 'failed';
  /** Why it failed. */
  readonly reason?: string;
}

export interface HealthEventDocument extends HealthEvent {
  /** The event's UUID. */
  readonly _id: string;
}

export interface Collections {
  readonly installations: Collection<InstallationDocument>;
  readonly collectors: Collection<CollectorDocument>;
  readonly sources: Collection<SourceDocument>;
  readonly checkpoints: Collection<CheckpointDocument>;
  readonly quarantine: Collection<QuarantineDocument>;
  readonly gaps: Collection<GapDocument>;
  readonly rereads: Rereads;
  readonly missing: MissingRecords;
  readonly ruleMatches: RuleMatchStore;
  readonly healthEvents: Collection<HealthEventDocument>;
  readonly apiKeys: Collection<ApiKeyDocument>;
  readonly auditTrail: Collection<AuditDocument>;
  readonly fields: Collection<FieldDocument>;
  readonly counters: Collection<{ readonly _id: string; readonly value: number }>;
  /** The name that this program was given. */
  readonly givenName: string | undefined;
  records(stream: StreamName): Collection<RecordDocument>;
  /** Whose database this is; read once. @throws InstallationNameError, and what MongoDB throws */
  installation(): Promise<Installation>;
  /** Makes what is missing of collections and indexes; harmless when all are there. */
  ensureIndexes(): Promise<void>;
}

/** @param givenName `MIMECAST_INSTALLATION` of this program. */
export function collectionsOf(db: Db, givenName?: string): Collections {
  let reading: Promise<Installation> | undefined;
  const collections: Collections = {
    installations: db.collection('installations'),
    collectors: db.collection('collectors'),
    sources: db.collection('sources'),
    checkpoints: db.collection('checkpoints'),
    quarantine: db.collection('quarantine'),
    gaps: db.collection('gaps'),
    rereads: db.collection('rereads'),
    missing: db.collection('missing_records'),
    ruleMatches: db.collection('rule_matches'),
    healthEvents: db.collection('health_events'),
    apiKeys: db.collection('api_keys'),
    auditTrail: db.collection('audit_trail'),
    fields: db.collection('fields'),
    counters: db.collection('counters'),
    givenName,
    records: (stream) => db.collection(COLLECTION_OF[stream]),
    installation: () => {
      reading ??= readInstallation(collections, givenName).catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    },
    ensureIndexes: () => ensureIndexes(db),
  };
  return collections;
}

const INDEXES: Readonly<Record<string, readonly IndexDescription[]>> = {
  collectors: [{ key: { name: 1 }, unique: true }],
  sources: [{ key: { collectorId: 1, name: 1 }, unique: true }],
  checkpoints: [{ key: { sourceId: 1 } }],
  fields: [{ key: { key: 1 }, unique: true }],
  quarantine: [{ key: { sourceId: 1, at: -1 } }],
  gaps: [{ key: { sourceId: 1, from: 1 } }],
  rule_matches: [{ key: { sourceId: 1 } }],
  audit_trail: [{ key: { at: -1 } }, { key: { sourceId: 1, at: -1 } }, { key: { collectorId: 1, at: -1 } }],
  missing_records: [{ key: { run: 1, stream: 1, place: 1 } }, { key: { sourceId: 1, kind: 1, stream: 1 } }],
  health_events: [{ key: { sourceId: 1, eventTime: -1 } }, { key: { resolvedAt: 1, eventTime: -1 } }],
  ...Object.fromEntries(
    STREAMS.map((stream) => [COLLECTION_OF[stream], [{ key: { _sourceId: 1, _messageTime: -1 } }]]),
  ),
  [COLLECTION_OF.hold]: [
    { key: { _sourceId: 1, _messageTime: -1 } },
    // The messages that are in the queue.
    { key: { _sourceId: 1, '_queue.leftAt': 1 }, partialFilterExpression: { '_queue.leftAt': null } },
  ],
};

async function ensureIndexes(db: Db): Promise<void> {
  for (const [name, indexes] of Object.entries(INDEXES)) await db.collection(name).createIndexes([...indexes]);
}
