import { expect, test } from 'vitest';
import { ReadAhead } from '../../../src/ingest/slice/read-ahead.js';
import { happening } from '../../support/local-server.js';

/** Counts how many numbers were asked for, and whether it was ended. */
function numbers(last: number, end: () => unknown = () => undefined) {
  const seen = { asked: 0, isEnded: false };
  async function* items() {
    try {
      for (let n = 1; n <= last; n += 1) {
        seen.asked = n;
        yield n;
      }
      await end();
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, items: items() };
}

test('one item is read while the one before it is used, and no more', async () => {
  const { seen, items } = numbers(5);
  const used: [number, number][] = [];
  for await (const item of new ReadAhead(items)) {
    await new Promise(setImmediate);
    used.push([item, seen.asked]);
  }
  expect(used).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 5],
  ]);
});

test('an error comes after the items before it', async () => {
  const { items } = numbers(2, () => Promise.reject(new Error('cut')));
  const used: number[] = [];
  const using = (async () => {
    for await (const item of new ReadAhead(items)) used.push(item);
  })();
  await expect(using).rejects.toThrow('cut');
  expect(used).toEqual([1, 2]);
});

test('the end is told while the last item is still used', async () => {
  let isTold = false;
  const { items } = numbers(2);
  const ahead = new ReadAhead(items, () => {
    isTold = true;
  });
  const told: boolean[] = [];
  for await (const _ of ahead) {
    await new Promise(setImmediate);
    told.push(isTold);
  }
  expect(told).toEqual([false, true]);
});

test('whoever stops using the items ends the reading, and does not wait for what is on its way', async () => {
  const { happen, happened } = happening();
  const { seen, items } = numbers(1, () => happened);
  for await (const _ of new ReadAhead(items)) break;
  expect(seen.isEnded).toBe(false);
  happen();
  await new Promise(setImmediate);
  expect(seen.isEnded).toBe(true);
});
