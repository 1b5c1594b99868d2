/** Writes the health events that are due. */

import type { HealthChange } from '../domain/health/health-ledger.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { writeHealthChanges } from '../store/health-changes.js';

export async function recordHealth(
  { collections }: ActivityDependencies,
  sourceId: number,
  changes: readonly HealthChange[],
): Promise<void> {
  await writeHealthChanges(collections, sourceId, changes);
}
