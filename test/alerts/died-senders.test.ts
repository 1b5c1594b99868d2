/** A sender that dies at any of its steps: the next one loses nothing, and what it repeats has the same id. */

import { afterEach, beforeAll, expect, test } from 'vitest';
import { AlertRounds } from '../../src/alerts/alert-rounds.js';
import { NO_OBSERVER } from '../../src/metrics/observer.js';
import type { Collections } from '../../src/store/collections.js';
import { closeEvent, connectionService, MINUTE, openEvent, START } from '../support/alert-fixtures.js';
import { Died, dyingAt } from '../support/dying.js';
import { serve } from '../support/local-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';
import { testKeyring } from '../support/test-keyring.js';

const { db } = testDatabase();
const made = collectionsIn(db);
/** Each sender makes sure of all indexes first, which is no step of its own and takes longer than all others. */
const collections = { ...made, ensureIndexes: () => Promise.resolve() };
const { client } = temporalConnection();
const service = connectionService(collections);

beforeAll(() => made.ensureIndexes());
afterEach(async () => {
  for (const { id } of await service.list()) await service.remove(id);
  await db.collection('health_events').deleteMany({});
});

/** One look at a minute after `START`, until nothing is being sent. @returns whether it has died. */
async function lookOf(of: Collections, minute: number): Promise<boolean> {
  const errors: unknown[] = [];
  const rounds = new AlertRounds({
    ...{ collections: of, keyring: testKeyring, allowInsecure: true, alertHosts: new Set(), observer: NO_OBSERVER },
    ...{ now: () => START + minute * MINUTE, onAttempt: () => undefined },
  });
  await rounds.round((error) => errors.push(error)).catch((error: unknown) => errors.push(error));
  await rounds.idle();
  for (const error of errors) if (!(error instanceof Died)) throw error;
  return errors.length > 0;
}

/** @returns ids and types as they came, and how many steps the first sender has made. */
async function tell(last: number, when: 'before' | 'after') {
  const server = await serve((_, response) => {
    response.writeHead(200).end();
  });
  await service.create({ name: 'hook', type: 'webhook', groupingWindow: '0s', target: { url: server.url } });
  const dying = dyingAt({ collections, client }, last, when);
  let current = dying.collections;
  const look = async (minute: number) => {
    if (!(await lookOf(current, minute))) return;
    current = collections;
    // Later than a claim lasts.
    await lookOf(current, minute + 3);
  };
  await openEvent(collections, 'a');
  await openEvent(collections, 'b');
  await look(10);
  await closeEvent(collections, 'a', 20);
  await closeEvent(collections, 'b', 20);
  await look(30);
  const came = server.received.map(({ body }) => JSON.parse(body) as { id: string; type: string });
  return { came, steps: dying.count() };
}

test('whatever it was doing', async () => {
  const { came, steps } = await tell(Number.POSITIVE_INFINITY, 'before');
  expect(came.map(({ type }) => type)).toEqual(['triggered', 'resolved']);
  expect(steps).toBeGreaterThan(20);
  for (const when of ['before', 'after'] as const) {
    for (let step = 1; step <= steps; step += 1) {
      for (const { id } of await service.list()) await service.remove(id);
      await db.collection('health_events').deleteMany({});
      const { came: told } = await tell(step, when);
      const ids = [...new Set(told.map(({ id, type }) => `${type} ${id.replace('-resolved', '')}`))];
      expect({ step, when, types: ids.map((id) => id.split(' ')[0]) }).toEqual({
        step,
        when,
        types: ['triggered', 'resolved'],
      });
      expect(new Set(ids.map((id) => id.split(' ')[1])).size).toBe(1);
      expect(told.length).toBeLessThanOrEqual(3);
    }
  }
});
