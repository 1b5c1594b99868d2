/** What is looked at in the end: the state as it is told, and the store and logs beside it. */

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceService } from '../../../src/management/sources/source-service.js';
import type { Collections } from '../../../src/store/collections.js';
import { raw } from '../../support/raw-collections.js';
import { type Evidence, untruths } from './state-check.js';

/** Words in a worker's log that speak of an error that nobody handled. */
const UNHANDLED = /unhandled|uncaught|FATAL ERROR|Segmentation fault/i;

/**
 * Health events and Temporal's index follow within moments; an event whose writer was killed, when its heartbeats have
 * been missed.
 */
const TRUE_WITHIN_MS = 60_000;

/**
 * What the source says that is not so, once it has had time to be.
 *
 * @param isExpected whether a gap for this reason is one that the run has made. Default: none is.
 */
export async function lastingUntruths(
  service: SourceService,
  collections: Collections,
  sourceId: number,
  stored: Evidence['stored'],
  isExpected: (reason: string) => boolean = () => false,
): Promise<string[]> {
  for (const deadline = Date.now() + TRUE_WITHIN_MS; ; await pause(500)) {
    const gathered = gather(service, collections, sourceId, stored, isExpected);
    const wrong = await gathered.then(untruths, (error: Error) => [error.message]);
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
  }
}

async function gather(
  service: SourceService,
  collections: Collections,
  sourceId: number,
  stored: Evidence['stored'],
  isExpected: (reason: string) => boolean,
): Promise<Evidence> {
  const id = String(sourceId);
  const [status, list, health, quarantined, gaps] = await Promise.all([
    service.status(id),
    service.list(),
    service.health(id),
    raw(collections).quarantine.countDocuments({ sourceId }),
    raw(collections).gaps.find({ sourceId }).toArray(),
  ]);
  const listing = list.find((listed) => listed.sourceId === sourceId);
  const expectedGaps = gaps.filter(({ reason }) => isExpected(reason)).length;
  return {
    status,
    listing,
    openHealthEvents: health.open.length,
    stored,
    quarantined,
    gaps: gaps.length,
    expectedGaps,
  };
}

/** Lines of a log, cut to 500 characters. */
export function unhandledIn(log: string): string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => UNHANDLED.test(line)).map((line) => line.slice(0, 500));
}
