import { expect, test } from 'vitest';
import { FilesDone } from '../../../src/activities/files/files-done.js';
import { numbers } from '../../support/store-fixtures.js';

const filesOf = (count: number) =>
  numbers(count).map((n) => ({ path: `/bucket/${'x'.repeat(900)}/${n}.json.gz`, url: '' }));

test('a page of a hundred files is noted file by file, by their paths', () => {
  const files = filesOf(100);
  const done = new FilesDone(files, [files[0]?.path ?? '']);
  expect(files.map(({ path }) => done.has(path)).indexOf(false)).toBe(1);
  for (const { path } of files.slice(1)) {
    expect(done.isDue).toBe(false);
    done.add(path);
    expect(done.isDue).toBe(true);
    expect(done.take().at(-1)).toBe(path);
    expect(done.hasUnwritten).toBe(false);
  }
});

test('a page of 100,000 files fits into a checkpoint, in a hundred writes and without quadratic work', () => {
  const files = filesOf(100_000);
  const done = new FilesDone(files, []);
  const writes: string[][] = [];
  for (const { path } of files) {
    if (done.has(path)) expect.fail(path);
    done.add(path);
    if (done.isDue) writes.push(done.take());
  }
  expect(writes).toHaveLength(100);
  const last = writes.at(-1) ?? [];
  expect(JSON.stringify(last).length).toBeLessThan(4 * 1024 * 1024);
  const again = new FilesDone(files, last);
  expect(files.every(({ path }) => again.has(path))).toBe(true);
  expect(again.has('/bucket/another')).toBe(false);
});
