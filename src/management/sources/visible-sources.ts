/** The running sources as Temporal's index shows them: one query for all. The index may be a moment behind. */

import type { WorkflowExecutionInfo } from '@temporalio/client';
import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { sourceOrigins } from '../../store/sources.js';
import {
  areOthersAmong,
  claimOf,
  type InstallationAccess,
  installationOf,
  labelOf,
  runningSources,
} from '../temporal/ownership.js';
import { unlessTemporalDenies } from '../temporal/temporal-errors.js';

/** Like `visibleSources`; none without the right to list, for who looks at each of the others singly. */
export async function listableSources(access: InstallationAccess): Promise<Map<number, WorkflowExecutionInfo>> {
  return (await unlessTemporalDenies(() => visibleSources(access))) ?? new Map();
}

/** @returns those of this installation by source ID. */
export async function visibleSources(access: InstallationAccess): Promise<Map<number, WorkflowExecutionInfo>> {
  const installation = await installationOf(access);
  const found = new Map<number, WorkflowExecutionInfo>();
  const unlabelled = new Map<number, WorkflowExecutionInfo>();
  const running = await runningSources(access.client, installation);
  for (const { sourceId, info } of running) {
    const label = labelOf(info);
    if (label !== undefined && label !== installation.id) continue;
    const known = found.get(sourceId);
    // For a moment after continue-as-new both runs may be shown.
    if (known !== undefined && known.startTime >= info.startTime) continue;
    (label === undefined ? unlabelled : found).set(sourceId, info);
  }
  const isNumberEnough = !areOthersAmong(running, installation);
  for (const [sourceId, info] of await claimable(access, unlabelled, isNumberEnough)) found.set(sourceId, info);
  return found;
}

/** Of workflows that carry no identity, those of stored sources; none while the store is away. */
async function claimable(
  { collections }: InstallationAccess,
  unlabelled: ReadonlyMap<number, WorkflowExecutionInfo>,
  isNumberEnough: boolean,
): Promise<[number, WorkflowExecutionInfo][]> {
  if (unlabelled.size === 0) return [];
  try {
    const known = await sourceOrigins(collections, [...unlabelled.keys()]);
    return [...unlabelled].filter(([sourceId, info]) => {
      const claim = claimOf(info, known.get(sourceId));
      return claim === 'name' || (claim === 'number' && isNumberEnough);
    });
  } catch (error) {
    if (storeErrorFactsOf(error)?.origin !== 'mongodb') throw error;
    return [];
  }
}
