import { beforeAll, expect, test } from 'vitest';
import { type DetectionFilter, DetectionService } from '../../../src/management/detections/detection-service.js';
import { document, SPAM, TIME } from '../../detections/sample-records.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const TOTAL = 3_000;
const timeOf = (n: number) => new Date(TIME.getTime() - n * 1_000);

beforeAll(async () => {
  await collections.ensureIndexes();
  const documents = Array.from({ length: TOTAL }, (_, n) =>
    document(n, { ...SPAM, subject: n % 700 === 699 ? 'A rare one' : 'Common' }, { time: timeOf(n) }),
  );
  await raw(collections).records('spam').insertMany(documents);
});

test('a search that has to look at each record says how far it came, and goes on from there', async () => {
  const service = new DetectionService(collections, 1_000);
  const filter: DetectionFilter = { subject: 'rare' };
  const first = await service.page(filter, { limit: 10 });
  expect(first.items.map(({ time }) => time)).toEqual([timeOf(699).toISOString()]);
  expect(first).toMatchObject({ readTo: timeOf(999).toISOString(), next: expect.any(String) });
  const second = await service.page(filter, { limit: 10, token: first.next });
  expect(second.items.map(({ time }) => time)).toEqual([timeOf(1_399).toISOString()]);
  const third = await service.page(filter, { limit: 10, token: second.next });
  expect(third.items).toHaveLength(2);
  const last = await service.page(filter, { limit: 10, token: third.next });
  expect(last).toEqual({ items: [] });
});

test('a page that is full ends behind its last entry, however much was read', async () => {
  const service = new DetectionService(collections);
  const found: string[] = [];
  let token: string | undefined;
  do {
    const { items, next, readTo } = await service.page({ subject: 'RARE' }, { limit: 1, token });
    expect(readTo).toBeUndefined();
    found.push(...items.map(({ time }) => time));
    token = next;
  } while (token !== undefined);
  expect(found).toEqual([699, 1_399, 2_099, 2_799].map((n) => timeOf(n).toISOString()));
});

test('who takes all of them can stop while it is still looking', async () => {
  const all = new DetectionService(collections, 500).all({ subject: 'none such' });
  expect(await all.next()).toEqual({ done: false, value: [] });
  expect(await all.return()).toEqual({ done: true, value: undefined });
});
