import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSourceFile } from '../../src/cli/source-file.js';
import { RefusedError } from '../../src/management/common/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const file = join(folder.path, 'source.json');

test.each<[string, string]>([
  ['', 'it ends too early'],
  ['{"clientSecret": "hush', 'line 1, column 18: unexpected end of string'],
  ['{"clientSecret": "hush"', 'it ends too early'],
  ['{"clientSecret": "hush",\n  "a": [1, {"b": -2.5e+3}', 'it ends too early'],
  ['{\n  "clientSecret": "hush" "x": 1}', 'line 2, column 26: comma expected'],
  ['{\r\n  "clientSecret": hush}', 'line 2, column 19: invalid symbol'],
  ['{"clientSecret": "hush\nhush"}', 'line 1, column 18: unexpected end of string'],
  ['{"clientSecret": "hu\\sh"}', 'line 1, column 18: invalid escape character'],
  ['{"clientSecret": "hush",}', 'line 1, column 25: property name expected'],
  ['["hush",]', 'line 1, column 9: value expected'],
  ["{'clientSecret': 'hush'}", 'line 1, column 2: invalid symbol'],
  ['{clientSecret: "hush"}', 'line 1, column 2: invalid symbol'],
  ['{"clientSecret" "hush"}', 'line 1, column 17: colon expected'],
  ['{"clientSecret": "hush"} hush', 'line 1, column 26: invalid symbol'],
  ['hush', 'line 1, column 1: invalid symbol'],
  ['[01, TRUE]', 'line 1, column 3: comma expected'],
  ['"\\u00G0"', 'line 1, column 1: invalid unicode'],
  ['{"a": 1} // hush', 'line 1, column 10: invalid comment token'],
  ['['.repeat(50_000), 'it is nested too deeply'],
])('of %j only the place of the mistake is told', async (text, place) => {
  writeFileSync(file, text);
  await expect(readSourceFile(file)).rejects.toThrow(new RefusedError(`${file} is not JSON: ${place}`));
});

test('what is JSON is read, with or without a byte order mark', async () => {
  const json = { a: [{}, [], '"\\/\u00e4\u007f\u{1f511}', -0.5e-7, true, false, null, { b: {} }] };
  writeFileSync(file, `\uFEFF ${JSON.stringify(json, null, 2)}\n`);
  expect(await readSourceFile(file)).toEqual(json);
});

test('a file that is not there is named', async () => {
  await expect(readSourceFile(join(folder.path, 'none.json'))).rejects.toThrow(/^There is no file .*none\.json$/);
});
