import { expect, test } from 'vitest';
import { FilesDone } from '../../../src/ingest/files/files-done.js';
import { numbers } from '../../support/store-fixtures.js';

const filesOf = (count: number) =>
  numbers(count).map((n) => {
    const path = `/${'x'.repeat(900)}/${n}.json.gz`;
    return { name: `bucket.example.com${path}`, path, url: '' };
  });

test('a page of a hundred files is noted file by file, by their names', () => {
  const files = filesOf(100);
  const done = new FilesDone(files, [files[0]?.name ?? '']);
  expect(files.map((file) => done.has(file)).indexOf(false)).toBe(1);
  for (const file of files.slice(1)) {
    expect(done.isDue).toBe(false);
    done.add(file);
    expect(done.isDue).toBe(true);
    expect(done.take().at(-1)).toBe(file.name);
    expect(done.hasUnwritten).toBe(false);
  }
});

test('a page of 100,000 files fits into a checkpoint, in a hundred writes and without quadratic work', () => {
  const files = filesOf(100_000);
  const done = new FilesDone(files, []);
  const writes: string[][] = [];
  for (const file of files) {
    if (done.has(file)) expect.fail(file.name);
    done.add(file);
    if (done.isDue) writes.push(done.take());
  }
  expect(writes).toHaveLength(100);
  const last = writes.at(-1) ?? [];
  expect(JSON.stringify(last).length).toBeLessThan(4 * 1024 * 1024);
  const again = new FilesDone(files, last);
  expect(files.every((file) => again.has(file))).toBe(true);
  expect(again.has({ name: 'bucket.example.com/another', path: '/another' })).toBe(false);
});
