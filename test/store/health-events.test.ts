import { beforeEach, describe, expect, test } from 'vitest';
import {
  clearHealthEvents,
  closeHealthEvent,
  type HealthEventDocument,
  openEventsOf,
  openHealthEvent,
  recentEventsOf,
} from '../../src/store/health-events.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { healthEvents: events } = raw(collections);
const at = (minute: number) => new Date(Date.UTC(2025, 8, 15, 12, minute));

beforeEach(async () => {
  await events.deleteMany({});
});

/** Without what only the alerts look at. */
const SHOWN = { projection: { news: false } };

function event(id: string, changes: Partial<HealthEventDocument> = {}): HealthEventDocument {
  return {
    _id: id,
    eventId: id,
    eventType: 'Health-Change',
    eventName: 'ThirdPartyGenericError',
    eventFormatVersion: '1.0',
    eventTime: at(0).toISOString(),
    subsystem: 'Collection',
    status: 'UnHealthy',
    severityLevel: 'Error',
    details: { trackerId: 'ThirdPartyGeneric', error: 'e', name: 'n', description: 'down' },
    resourceIdentity: { id: '7', name: 'mail', type: 'Source', collectorId: '1', collectorName: 'cloud' },
    sourceId: 7,
    subject: 'dlp',
    attempts: 1,
    occurrences: 1,
    updatedAt: at(0),
    ...changes,
  };
}

const closing = (id: string, closes: string, minute: number) =>
  event(id, { status: 'Healthy', closes, eventTime: at(minute).toISOString(), updatedAt: at(minute) });

describe('opening', () => {
  test('writes the event, once however often it is asked for', async () => {
    await openHealthEvent(collections, event('a'));
    await openHealthEvent(collections, event('a'));
    expect(await events.find({}, SHOWN).toArray()).toEqual([event('a')]);
  });

  test('by many at once writes it once', async () => {
    await Promise.all(numbers(20).map((n) => openHealthEvent(collections, event('a', { attempts: n + 1 }))));
    expect(await events.find({}, SHOWN).toArray()).toEqual([event('a', { attempts: 20 })]);
  });

  test('again counts on, and keeps when it began', async () => {
    const details = { ...event('a').details, description: 'still down' };
    await openHealthEvent(collections, event('a'));
    await openHealthEvent(
      collections,
      event('a', { attempts: 4, details, severityLevel: 'Warning', updatedAt: at(9), eventTime: at(9).toISOString() }),
    );
    expect(await events.find({}, SHOWN).toArray()).toEqual([
      event('a', { attempts: 4, details, severityLevel: 'Warning', updatedAt: at(9) }),
    ]);
  });

  test('what is older than the event changes nothing', async () => {
    const newer = event('a', { attempts: 9, occurrences: 2, updatedAt: at(9) });
    await openHealthEvent(collections, newer);
    await openHealthEvent(collections, event('a', { attempts: 2, updatedAt: at(5) }));
    expect(await events.find({}, SHOWN).toArray()).toEqual([newer]);
  });

  test('after it was closed opens it again, with its count', async () => {
    await openHealthEvent(collections, event('a'));
    await closeHealthEvent(collections, closing('b', 'a', 5));
    await openHealthEvent(collections, event('a', { occurrences: 2, updatedAt: at(7) }));
    expect(await events.findOne({ _id: 'a' }, SHOWN)).toEqual(event('a', { occurrences: 2, updatedAt: at(7) }));
  });
});

describe('closing', () => {
  test('marks the event as resolved and adds one that says so', async () => {
    await openHealthEvent(collections, event('a'));
    await closeHealthEvent(collections, closing('b', 'a', 5));
    expect(await events.find({}, SHOWN).sort({ _id: 1 }).toArray()).toEqual([
      event('a', { resolvedAt: at(5), updatedAt: at(5) }),
      closing('b', 'a', 5),
    ]);
  });

  test('again changes nothing', async () => {
    await openHealthEvent(collections, event('a'));
    await closeHealthEvent(collections, closing('b', 'a', 5));
    const before = await events.find({}, SHOWN).sort({ _id: 1 }).toArray();
    await closeHealthEvent(collections, closing('b', 'a', 5));
    expect(await events.find({}, SHOWN).sort({ _id: 1 }).toArray()).toEqual(before);
  });

  test('what was never opened leaves only the event that says so', async () => {
    await closeHealthEvent(collections, closing('b', 'a', 5));
    expect(await events.find({}, SHOWN).toArray()).toEqual([closing('b', 'a', 5)]);
  });

  test('a closed event stays closed when the same changes are written again', async () => {
    const write = async () => {
      await openHealthEvent(collections, event('a'));
      await openHealthEvent(collections, event('a', { attempts: 3, updatedAt: at(3) }));
      await closeHealthEvent(collections, closing('b', 'a', 5));
    };
    await write();
    const before = await events.find({}, SHOWN).sort({ _id: 1 }).toArray();
    await write();
    expect(await events.find({}, SHOWN).sort({ _id: 1 }).toArray()).toEqual(before);
  });
});

describe('clearing', () => {
  test('closes what an earlier workflow left open, each with an event of its own', async () => {
    await openHealthEvent(collections, event('a'));
    await openHealthEvent(collections, event('b', { subject: 'av' }));
    await openHealthEvent(collections, event('later', { updatedAt: at(6) }));
    await openHealthEvent(collections, event('other', { sourceId: 8 }));
    await clearHealthEvents(collections, 7, at(5));
    expect((await openEventsOf(collections, 7)).map(({ _id }) => _id)).toEqual(['later']);
    expect(await openEventsOf(collections, 8)).toHaveLength(1);
    const healthy = await events.find({ status: 'Healthy' }).toArray();
    expect(healthy.map(({ closes }) => closes).sort()).toEqual(['a', 'b']);
    expect(healthy[0]).toMatchObject({
      eventTime: at(5).toISOString(),
      sourceId: 7,
      details: { error: 'e has ended' },
    });
    for (const { _id, eventId } of healthy) expect(eventId).toBe(_id);
  });

  test('again adds nothing', async () => {
    await openHealthEvent(collections, event('a'));
    await clearHealthEvents(collections, 7, at(5));
    const before = await events.find({}, SHOWN).sort({ _id: 1 }).toArray();
    await clearHealthEvents(collections, 7, at(5));
    expect(await events.find({}, SHOWN).sort({ _id: 1 }).toArray()).toEqual(before);
  });
});

test('the open events of a source, and its latest', async () => {
  await openHealthEvent(collections, event('a', { eventTime: at(1).toISOString() }));
  await openHealthEvent(collections, event('b', { eventTime: at(3).toISOString() }));
  await openHealthEvent(collections, event('c', { eventTime: at(2).toISOString() }));
  await openHealthEvent(collections, event('other', { sourceId: 8 }));
  await closeHealthEvent(collections, closing('d', 'b', 5));
  const ids = (found: readonly HealthEventDocument[]) => found.map(({ _id }) => _id);
  expect(ids(await openEventsOf(collections, 7))).toEqual(['c', 'a']);
  expect(ids(await recentEventsOf(collections, 7, 3))).toEqual(['d', 'b', 'c']);
  expect(ids(await recentEventsOf(collections, 9, 3))).toEqual([]);
});
