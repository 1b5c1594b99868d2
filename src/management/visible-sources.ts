/** The running sources as Temporal's index shows them: one query for all. The index may be a moment behind. */

import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Installation } from '../source/installation.js';
import { storeTroubleOf } from '../store/mongo-trouble.js';
import {
  areOthersAmong,
  claimOf,
  type InstallationAccess,
  installationOf,
  labelOf,
  type RunningSource,
  runningSources,
} from './ownership.js';
import { isTemporalDenied } from './temporal-trouble.js';

/** @returns those of this installation by source ID. */
export async function visibleSources(access: InstallationAccess): Promise<Map<number, WorkflowExecutionInfo>> {
  const installation = await installationOf(access);
  const found = new Map<number, WorkflowExecutionInfo>();
  const unlabelled = new Map<number, WorkflowExecutionInfo>();
  const running = await listed(access, installation);
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

/** Without the right to list, what is not in the index is described one by one. */
async function listed({ client }: InstallationAccess, installation: Installation): Promise<RunningSource[]> {
  try {
    return await runningSources(client, installation);
  } catch (error) {
    if (!isTemporalDenied(error)) throw error;
    return [];
  }
}

/** Of workflows that carry no identity, those of stored sources; none while the store is away. */
async function claimable(
  { collections }: InstallationAccess,
  unlabelled: ReadonlyMap<number, WorkflowExecutionInfo>,
  isNumberEnough: boolean,
): Promise<[number, WorkflowExecutionInfo][]> {
  if (unlabelled.size === 0) return [];
  try {
    const stored = await collections.sources
      .find({ _id: { $in: [...unlabelled.keys()] } }, { projection: { name: true, createdAt: true } })
      .toArray();
    const known = new Map(stored.map((source) => [source._id, source]));
    return [...unlabelled].filter(([sourceId, info]) => {
      const claim = claimOf(info, known.get(sourceId));
      return claim === 'name' || (claim === 'number' && isNumberEnough);
    });
  } catch (error) {
    if (storeTroubleOf(error)?.origin !== 'mongodb') throw error;
    return [];
  }
}
