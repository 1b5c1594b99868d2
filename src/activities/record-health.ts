/** Writes the health events that are due. */

import type { HealthChange } from '../source/health-ledger.js';
import { writeHealthChanges } from '../store/health-changes.js';
import type { ActivityDependencies } from './dependencies.js';

export async function recordHealth(
  { collections }: ActivityDependencies,
  sourceId: number,
  changes: readonly HealthChange[],
): Promise<void> {
  await writeHealthChanges(collections, sourceId, changes);
}
