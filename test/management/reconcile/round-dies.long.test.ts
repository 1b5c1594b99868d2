/** The round of reconciliation itself dies at each of its steps; the next one finishes what is to be done. */

import { test } from 'vitest';
import { SourceRemoval } from '../../../src/management/sources/source-removal.js';
import { dyingAt } from '../../support/dying.js';
import { raw } from '../../support/raw-collections.js';
import { reconciliationStack } from '../../support/reconciliation-stack.js';
import { until } from '../../support/until.js';

const { collections, actor, access, newCollector, newSource, handleOf, isRunning, reconciling } = reconciliationStack();

test('a round that dies at any step leaves nothing that the next one does not finish', async () => {
  for (let step = 1; ; step += 1) {
    const collectorId = await newCollector();
    const [terminated, leaving] = [await newSource(collectorId), await newSource(collectorId)];
    await handleOf(terminated).terminate('by hand');
    await raw(collections).sources.updateOne({ _id: leaving }, { $set: { deletingAt: new Date() } });
    const dying = reconciling(dyingAt(access(), step, 'after'));
    const died = await dying.round().then(
      () => dying.troubles.some((facts) => facts.startsWith('Died')),
      () => true,
    );
    const { round } = reconciling();
    await until(
      async () => {
        await round();
        return [await isRunning(terminated), await raw(collections).sources.countDocuments({ _id: leaving })];
      },
      ([running, stored]) => running === true && stored === 0,
    );
    await new SourceRemoval(access()).removeCollector(collectorId, actor);
    if (!died) break;
  }
}, 900_000);
