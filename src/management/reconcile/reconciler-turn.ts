/** Whose turn it is to reconcile: one worker of each version, since only workers of a version can move workflows to it. */

import { versionText, type WorkerVersion } from '../../domain/contract/worker-version.js';
import type { Collections } from '../../store/collections.js';
import { Lease, type LeaseOptions } from '../../store/lease.js';

/**
 * @param temporal address and namespace: a worker that is left over at another Temporal keeps nobody from reconciling here.
 * @param version of the worker, if it has one.
 */
export function reconcilerTurn(
  collections: Collections,
  temporal: string,
  version: WorkerVersion | undefined,
  holder: Pick<LeaseOptions, 'holder' | 'isGone'>,
): Lease {
  const name = ['reconciler', temporal, ...(version === undefined ? [] : [versionText(version)])];
  return new Lease({ store: collections, name: name.join('/'), ...holder });
}
