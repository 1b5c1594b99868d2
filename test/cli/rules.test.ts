import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { rulesText, testRules } from '../../src/cli/rules.js';
import { RefusedError } from '../../src/management/common/errors.js';
import type { RulesTrial } from '../../src/management/rules/rules-trial.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

const FILTERS = [
  { filterType: 'Exclude', name: 'no rejects', regexp: '.*"action":"Rej".*' },
  { filterType: 'Exclude', name: 'no tests', regexp: '.*"subject":"test.*' },
  { filterType: 'Mask', name: 'passwords', regexp: '"pw":"?([^",}]*)', mask: '***' },
  { filterType: 'Hash', name: 'users', regexp: '"user":"([^"]*)"' },
  { filterType: 'Mask', name: 'never', regexp: '"nothing":(.)' },
];
const LINES = [
  '{"action":"Acc","user":"dan@demo.com","pw":"a"}',
  '{"action":"Rej","subject":"test 1"}',
  '{"action":"Acc","subject":"test 2"}',
  '',
  '{"action":"Acc","pw":5}',
  'no JSON',
  '{"action":"Acc"}',
];
const RECORDS = `${LINES.join('\n')}\n`;

const RESULT: RulesTrial = {
  records: 5,
  excluded: 2,
  unchanged: 1,
  changed: 2,
  brokenByMask: 1,
  unreadable: 1,
  rules: [
    { name: 'no rejects', filterType: 'Exclude', records: 1, occurrences: 0 },
    { name: 'no tests', filterType: 'Exclude', records: 2, occurrences: 0 },
    { name: 'passwords', filterType: 'Mask', records: 2, occurrences: 2 },
    { name: 'users', filterType: 'Hash', records: 1, occurrences: 1 },
    { name: 'never', filterType: 'Mask', records: 0, occurrences: 0 },
  ],
  examples: [
    {
      line: 1,
      before: LINES[0] ?? '',
      after: '{"action":"Acc","user":"906e9cc124c8e1085b10e1cec4cc6526f3637558be361d3b4bb54bb537e49a49","pw":"***"}',
      by: ['passwords', 'users'],
    },
    { line: 2, before: LINES[1] ?? '', by: ['no rejects'] },
    { line: 3, before: LINES[2] ?? '', by: ['no tests'] },
    { line: 5, before: LINES[4] ?? '', after: '{"action":"Acc","pw":***}', by: ['passwords'] },
  ],
};

describe('rules test', () => {
  const bare = file('rules.json', JSON.stringify({ filters: FILTERS, hashAlgorithm: 'SHA-256' }));
  const source = file(
    'source.json',
    JSON.stringify({
      'api.version': 'v1',
      source: { config: { name: 'x', filters: FILTERS, hashAlgorithm: 'SHA-256' } },
    }),
  );
  const plain = file('records.ndjson', RECORDS);
  const zipped = file('records.ndjson.gz', gzipSync(RECORDS));

  test.each([
    ['rules alone', bare, plain],
    ['a source file and gzipped records', source, zipped],
  ])('%s', async (_, rules, records) => {
    expect(await testRules(rules, records)).toEqual(RESULT);
  });

  test('for people', async () => {
    const text = rulesText(await testRules(bare, plain));
    expect(text.split('\n').slice(0, 9)).toEqual([
      '5 records: 2 excluded, 2 masked or hashed, 1 unchanged',
      'rule        type     records  texts replaced',
      'no rejects  Exclude        1               -',
      'no tests    Exclude        2               -',
      'passwords   Mask           2               2',
      'users       Hash           1               1',
      'never       Mask           0               0',
      '! 1 records are not valid JSON after masking; each would be stored as masked text',
      '! 1 lines are not records and would go to quarantine, masked',
    ]);
    expect(text).toContain('line 2: excluded (no rejects)\n  {"action":"Rej","subject":"test 1"}');
    expect(text).toContain('line 5: passwords\n  - {"action":"Acc","pw":5}\n  + {"action":"Acc","pw":***}');
  });

  test('examples are ten at most, the first of each rule among them', async () => {
    const lines = [...Array.from({ length: 50 }, (_, at) => `{"pw":"${at}"}`), '{"user":"late"}', '{"action":"Rej"}'];
    const { examples, changed } = await testRules(bare, file('many.ndjson', lines.join('\n')));
    expect(changed).toBe(51);
    expect(examples.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 51, 52]);
  });

  test('what no Include matches has no rule to name', async () => {
    const rules = file(
      'include.json',
      JSON.stringify({ filters: [{ filterType: 'Include', name: 'i', regexp: '.*x.*' }] }),
    );
    const result = await testRules(rules, file('one.ndjson', '{"a":1}\n{"a":"x"}\n'));
    expect(result).toMatchObject({ records: 2, excluded: 1, unchanged: 1, examples: [{ line: 1, by: [] }] });
    expect(rulesText(result)).toContain('line 1: excluded (no Include matches)');
  });

  test('a list of rules alone', async () => {
    const result = await testRules(file('list.json', JSON.stringify(FILTERS.slice(0, 1))), plain);
    expect(result).toMatchObject({ records: 5, excluded: 1, unchanged: 4 });
  });

  test('a download of one source', async () => {
    const sources = [{ config: { name: 'x', filters: FILTERS, hashAlgorithm: 'SHA-256' } }];
    const download = file('download.json', JSON.stringify({ 'api.version': 'v1', sources }));
    expect(await testRules(download, plain)).toEqual(RESULT);
  });

  test.each([
    ['an empty list', '[]'],
    ['a source without any', '{"source":{"config":{"name":"x"}}}'],
    ['an algorithm alone', '{"hashAlgorithm":"MD5"}'],
  ])('no rules: %s', async (_, json) => {
    const result = await testRules(file('none.json', json), plain);
    expect(result).toMatchObject({ records: 5, unchanged: 5, rules: [], examples: [] });
    expect(rulesText(result)).toContain('There are no rules.');
  });

  test('a long record is shown around what differs', async () => {
    const long = `{"a":"${'x'.repeat(500)}","pw":"geheim","b":"${'y'.repeat(500)}"}`;
    const text = rulesText(await testRules(bare, file('long.ndjson', long)));
    expect(text).toMatch(/ {2}- …x+","pw":"geheim","b":"y+…\n {2}\+ …x+","pw":"\*\*\*","b":"y+…$/);
  });

  test.each([
    [
      'wrong rules',
      () => file('wrong.json', '{"filters":[{"filterType":"Mask","name":"m","regexp":"a(?=b)"}]}'),
      plain,
      /filters\[0\]\.regexp: look-ahead .* at position 2/,
    ],
    ['no rules file', () => join(folder.path, 'missing.json'), plain, /There is no file/],
    ['no records', () => bare, join(folder.path, 'missing.ndjson'), /missing\.ndjson cannot be read: ENOENT/],
    ['no gzipped records', () => bare, join(folder.path, 'missing.gz'), /missing\.gz cannot be read: ENOENT/],
    ['no gzip', () => bare, file('plain.gz', RECORDS), /plain\.gz cannot be read: .*header/],
  ])('%s is refused', async (_, rules, records, message) => {
    await expect(testRules(rules(), records)).rejects.toThrow(message);
  });

  test.each([
    ['a typing error', '{"filter":[]}', /unknown key "filter"; it must hold a source/],
    ['an empty object', '{}', /must hold a source/],
    ['a text', '"filters"', /must hold a source/],
    ['a source without a config', '{"source":{"filters":[]}}', /source in .*form\.json has no config/],
    ['a source that is none', '{"source":[]}', /has no config/],
    ['a download without a config', '{"sources":[{}]}', /sources\[0\] in .* has no config/],
    ['a download of several sources', '{"sources":[{},{}]}', /exactly one \(found 2\)/],
    ['a download of none', '{"sources":[]}', /exactly one \(found 0\)/],
    ['a download that is no list', '{"sources":{}}', /must be a list/],
  ])('%s is refused as a form', async (_, json, message) => {
    const refused = testRules(file('form.json', json), plain);
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(message);
  });
});
