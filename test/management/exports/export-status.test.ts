import { expect, test } from 'vitest';
import type { Problem } from '../../../src/domain/lifecycle/snapshot.js';
import { exportStatusOf } from '../../../src/management/exports/export-status.js';
import { beginExport, noteExportHealth } from '../../../src/store/exports.js';
import { exportingSource } from '../../support/exporting-source.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const database = testDatabase();
const collections = collectionsIn(database.db);

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
const PROBLEM: Problem = {
  ...{ type: 'ThirdPartyConfig', code: 'AccessDenied', message: 'm', retry: false, severity: 'error' },
  ...{ attempt: 1, since: ago(3).toISOString(), gaveUp: true },
};

/** @param stopped,caughtUp,backfilled hours ago. */
async function exportOfSource(stopped: number | undefined, caughtUp: number, problem?: Problem, backfilled?: number) {
  const { id } = await exportingSource(collections, { endpoint: 'http://127.0.0.1:1', bucket: 'mail-export' });
  await beginExport(collections, id);
  await raw(collections).exports.updateOne({ _id: id }, { $set: { caughtUpAt: ago(caughtUp) } });
  if (backfilled !== undefined)
    await raw(collections).exports.updateOne({ _id: id }, { $set: { backfilledAt: ago(backfilled) } });
  if (stopped !== undefined)
    await raw(collections).sources.updateOne({ _id: id }, { $set: { stoppedAt: ago(stopped) } });
  if (problem !== undefined) await noteExportHealth(collections, id, problem);
  const { state, lagMs = 0 } = (await exportStatusOf(collections, id)) ?? {};
  return { state, lag: Math.round(lagMs / HOUR_MS) };
}

test.each<[string, number | undefined, number, Problem | undefined, object, number?]>([
  ['runs and is caught up', undefined, 0, undefined, { state: 'Exporting', lag: 0 }],
  ['runs and is behind', undefined, 5, undefined, { state: 'Exporting', lag: 5 }],
  ['is stopped, with everything exported', 4, 3, undefined, { state: 'Stopped', lag: 0 }],
  ['is stopped, with something left to export', 3, 5, undefined, { state: 'Exporting', lag: 2 }],
  ['is stopped, and failed before everything was exported', 3, 5, PROBLEM, { state: 'Error', lag: 2 }],
  ['runs and was backfilled', undefined, 0, undefined, { state: 'Exporting', lag: 0 }, 1],
  ['is stopped, and was backfilled before that', 4, 3, undefined, { state: 'Stopped', lag: 0 }, 5],
  ['is stopped, and was backfilled later', 4, 3, undefined, { state: 'Exporting', lag: 2 }, 1],
  ['is stopped, was backfilled, and has exported that', 4, 1, undefined, { state: 'Stopped', lag: 0 }, 2],
])('the export of a source that %s', async (_, stopped, caughtUp, problem, expected, backfilled) => {
  expect(await exportOfSource(stopped, caughtUp, problem, backfilled)).toEqual(expected);
});
