/** What programs hold of the database: nothing that they can look into, but what to hand to the functions of this folder. */

import { type Collection, MongoServerError } from 'mongodb';
import type { Installation } from '../domain/contract/installation.js';
import { AUDIT_INDEXES } from './audit-trail.js';
import { CHECKPOINT_INDEXES } from './checkpoints.js';
import { COLLECTOR_INDEXES } from './collectors.js';
import { CONNECTION_INDEXES } from './connections.js';
import { DETECTION_INDEXES } from './detections/detection-indexes.js';
import { DB, type Indexes, type Store } from './driver.js';
import { ERASED_INDEXES } from './erased-records.js';
import { ERASURE_INDEXES } from './erasures.js';
import { EXPORT_INDEXES } from './exports.js';
import { FIELD_INDEXES } from './fields.js';
import { FOLDED_INDEXES } from './folded-objects.js';
import { GAP_INDEXES } from './gaps.js';
import { HEALTH_EVENT_INDEXES } from './health-events.js';
import { readInstallation } from './installation-identity.js';
import { LEASE_INDEXES } from './lease.js';
import { MISSING_INDEXES } from './missing-records.js';
import { NOTIFICATION_INDEXES } from './notifications.js';
import { OBJECT_INDEXES } from './objects.js';
import { PAST_EXPORT_INDEXES } from './past-exports.js';
import { QUARANTINE_INDEXES } from './quarantine.js';
import { QUEUE_MESSAGE_INDEXES } from './queue-messages.js';
import { RECORD_INDEXES } from './records.js';
import { RULE_MATCH_INDEXES } from './rule-matches.js';
import { SESSION_INDEXES } from './sessions.js';
import { SOURCE_INDEXES } from './sources.js';
import { WATCHLIST_HIT_INDEXES } from './watchlist-hits.js';
import { WATCHLIST_INDEXES } from './watchlists.js';

export interface Collections extends Store {
  /** The name that this program was given. */
  readonly givenName: string | undefined;
  /** Whose database this is; read once. @throws InstallationNameError, and what MongoDB throws */
  installation(): Promise<Installation>;
  /** Makes what is missing of collections and indexes; harmless when all are there. */
  ensureIndexes(): Promise<void>;
}

/** @param givenName `MIMECAST_INSTALLATION` of this program. */
export function collectionsOf(store: Store, givenName?: string): Collections {
  let reading: Promise<Installation> | undefined;
  return {
    [DB]: store[DB],
    observer: store.observer,
    givenName,
    installation: () => {
      reading ??= readInstallation(store, givenName).catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    },
    ensureIndexes: () => ensureIndexes(store),
  };
}

const INDEXES = {
  ...SOURCE_INDEXES,
  ...COLLECTOR_INDEXES,
  ...CHECKPOINT_INDEXES,
  ...FIELD_INDEXES,
  ...QUARANTINE_INDEXES,
  ...GAP_INDEXES,
  ...RULE_MATCH_INDEXES,
  ...EXPORT_INDEXES,
  ...PAST_EXPORT_INDEXES,
  ...LEASE_INDEXES,
  ...AUDIT_INDEXES,
  ...ERASED_INDEXES,
  ...ERASURE_INDEXES,
  ...MISSING_INDEXES,
  ...OBJECT_INDEXES,
  ...QUEUE_MESSAGE_INDEXES,
  ...FOLDED_INDEXES,
  ...HEALTH_EVENT_INDEXES,
  ...CONNECTION_INDEXES,
  ...NOTIFICATION_INDEXES,
  ...WATCHLIST_INDEXES,
  ...WATCHLIST_HIT_INDEXES,
  ...RECORD_INDEXES,
  ...SESSION_INDEXES,
};

async function ensureIndexes({ [DB]: db }: Store): Promise<void> {
  // Some are wanted by several: to make one again does nothing.
  for (const [name, indexes] of [INDEXES, DETECTION_INDEXES].flatMap(Object.entries<Indexes[string]>))
    await db.collection(name).createIndexes([...indexes]);
  for (const name of Object.keys(RECORD_INDEXES)) await dropIndex(db.collection(name), SUPERSEDED_INDEX);
}

/** Of earlier versions. Another one of the records' indexes begins with it. */
const SUPERSEDED_INDEX = '_sourceId_1__messageTime_-1';

async function dropIndex(of: Collection, name: string): Promise<void> {
  if (!(await of.indexExists(name))) return;
  try {
    await of.dropIndex(name);
  } catch (error) {
    // Another program was quicker.
    if (!(error instanceof MongoServerError && error.codeName === 'IndexNotFound')) throw error;
  }
}
