/** Whether an error says that MongoDB is away. One that it answers with may as well be our own mistake. */

import { storeErrorFactsOf } from '../../store/mongo-error.js';

/** What the driver says of a server that it does not reach. */
const UNREACHED: ReadonlySet<string> = new Set([
  ...['MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError'],
  ...['MongoTopologyClosedError', 'MongoNotConnectedError', 'MongoClientClosedError', 'MongoServerClosedError'],
  ...['MongoPoolClosedError', 'MongoPoolClearedError', 'MongoWaitQueueTimeoutError', 'MongoOperationTimeoutError'],
  ...['MongoStalePrimaryError', 'PoolClearedOnNetworkError'],
]);

/** What a server says that goes, comes, or has no time: the names of its codes. */
const UNREADY: ReadonlySet<string> = new Set([
  ...['HostUnreachable', 'HostNotFound', 'NetworkTimeout', 'SocketException', 'ShutdownInProgress'],
  ...['InterruptedAtShutdown', 'InterruptedDueToReplStateChange', 'PrimarySteppedDown', 'NotYetInitialized'],
  ...['NotWritablePrimary', 'NotPrimaryNoSecondaryOk', 'NotPrimaryOrSecondary', 'FailedToSatisfyReadPreference'],
  ...['ReadConcernMajorityNotAvailableYet', 'UnsatisfiableWriteConcern', 'WriteConcernTimeout', 'WriteConcernFailed'],
  ...['ExceededTimeLimit', 'TemporarilyUnavailable', 'LockTimeout'],
]);

export function isStoreAway(error: unknown): boolean {
  const { origin, code = '' } = storeErrorFactsOf(error) ?? {};
  return origin === 'mongodb' && (UNREACHED.has(code) || UNREADY.has(code));
}
