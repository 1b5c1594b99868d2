import { expect, test } from 'vitest';
import { fileNameOf } from '../../src/mimecast/content-disposition.js';

test.each<[string | null, string | undefined]>([
  [null, undefined],
  ['attachment', undefined],
  ['attachment; filename=receipt_1.json.gz', 'receipt_1.json.gz'],
  ['attachment; filename="a b.json"', 'a b.json'],
  ['attachment; filename="a\\"b.json"', 'a"b.json'],
  ['attachment; filename=""', undefined],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ["attachment; filename=plain.json; filename*=UTF-8''%C3%A9t%C3%A9.json", 'été.json'],
  ["attachment; filename=plain.json; filename*=UTF-8''%ZZ", 'plain.json'],
])('%s', (header, name) => {
  expect(fileNameOf(header)).toBe(name);
});
