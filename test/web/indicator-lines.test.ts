import { expect, test } from 'vitest';
import { parseList } from '../../src/indicators/lists/parse-list.js';
import { pageModule } from '../support/page-module.js';

const { indicatorLines } = await pageModule<{ indicatorLines: (indicators: readonly string[]) => string }>(
  'lib/indicator-lines.js',
);

test('the lines of a list that is edited are read as the same list', async () => {
  const list = [
    'evil.com',
    'report, final.pdf',
    'a;b.pdf',
    'http://evil.com/a,b;c',
    'http://evil.com/#top',
    'Invoice #12.pdf',
    'file:#1.pdf',
    '"john smith"@evil.com',
    '"Doe, John" <john@evil.com>',
    '<a,b@evil.com>',
    '[2001:db8::1]',
    'file:evil.com, invoice.pdf',
  ];
  const before = await parseList(list);
  expect(before.notUnderstood).toEqual([]);
  expect(await parseList(indicatorLines(list))).toEqual(before);
  expect(await parseList(indicatorLines([...list].reverse()))).toMatchObject({ strange: 0 });
});
