/** The driver's collections behind a store, for tests that look at what is stored, put it there, or let it fail. */

import type { Collection, Db } from 'mongodb';
import type { RecordDocument } from '../../src/domain/records/record.js';
import { definitionOf, type StreamName } from '../../src/domain/streams/streams.js';
import type { ApiKeyDocument } from '../../src/store/api-keys.js';
import type { AuditDocument } from '../../src/store/audit-trail.js';
import type { CheckpointDocument } from '../../src/store/checkpoints.js';
import { type Collections, collectionsOf } from '../../src/store/collections.js';
import type { CollectorDocument } from '../../src/store/collectors.js';
import { DB, type Store } from '../../src/store/driver.js';
import type { ExportDocument } from '../../src/store/exports.js';
import type { FieldDocument } from '../../src/store/fields.js';
import type { FoldedDocument } from '../../src/store/folded-objects.js';
import type { GapDocument } from '../../src/store/gaps.js';
import type { HealthEventDocument } from '../../src/store/health-events.js';
import type { InstallationDocument } from '../../src/store/installation-identity.js';
import type { LeaseDocument } from '../../src/store/lease.js';
import type { MissingDocument } from '../../src/store/missing-records.js';
import type { ObjectDocument } from '../../src/store/objects.js';
import type { QuarantineDocument } from '../../src/store/quarantine.js';
import type { QueueMessageDocument } from '../../src/store/queue-messages.js';
import type { RereadDocument } from '../../src/store/rereads.js';
import type { RuleMatchDocument } from '../../src/store/rule-matches.js';
import type { SourceDocument } from '../../src/store/sources.js';

export function collectionsIn(db: Db, givenName?: string): Collections {
  return collectionsOf({ [DB]: db }, givenName);
}

export function databaseOf({ [DB]: db }: Store): Db {
  return db;
}

export function raw({ [DB]: db }: Store) {
  return {
    installations: db.collection<InstallationDocument>('installations'),
    collectors: db.collection<CollectorDocument>('collectors'),
    sources: db.collection<SourceDocument>('sources'),
    checkpoints: db.collection<CheckpointDocument>('checkpoints'),
    quarantine: db.collection<QuarantineDocument>('quarantine'),
    exports: db.collection<ExportDocument>('exports'),
    gaps: db.collection<GapDocument>('gaps'),
    rereads: db.collection<RereadDocument>('rereads'),
    folded: db.collection<FoldedDocument>('folded_objects'),
    objects: db.collection<ObjectDocument>('objects'),
    queueMessages: db.collection<QueueMessageDocument>('queue_messages'),
    missing: db.collection<MissingDocument>('missing_records'),
    ruleMatches: db.collection<RuleMatchDocument>('rule_matches'),
    healthEvents: db.collection<HealthEventDocument>('health_events'),
    apiKeys: db.collection<ApiKeyDocument>('api_keys'),
    auditTrail: db.collection<AuditDocument>('audit_trail'),
    leases: db.collection<LeaseDocument>('leases'),
    fields: db.collection<FieldDocument>('fields'),
    counters: db.collection<{ readonly _id: string; readonly value: number }>('counters'),
    records: (stream: StreamName): Collection<RecordDocument> => db.collection(definitionOf(stream).collection),
  };
}

/** The same store; of the collections that `which` matches by name, some methods are replaced. */
export function withMethods(
  collections: Collections,
  which: RegExp,
  methodsOf: (collection: Collection<RecordDocument>) => Readonly<Record<string, unknown>>,
): Collections {
  const { [DB]: db } = collections;
  const opened = (name: string) => {
    const collection = db.collection<RecordDocument>(name);
    if (!which.test(name)) return collection;
    const methods = methodsOf(collection);
    return new Proxy(collection, {
      get: (target, key) => {
        const value: unknown = Reflect.get(typeof key === 'string' && key in methods ? methods : target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return { ...collections, [DB]: Object.create(db, { collection: { value: opened } }) };
}

/** Of the collections of records. */
export const RECORDS = /^mimecast_/;
