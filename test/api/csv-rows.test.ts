/** Cells that no spreadsheet takes for a formula, whatever it separates cells by. */

import { expect, test } from 'vitest';
import { csvRow, csvWriter } from '../../src/api/search/csv-rows.js';

function cellsOf(document: Record<string, unknown>, columns = Object.keys(document)): string[] {
  const collection = 'mimecast_dlp_logs';
  return csvRow({ collection, stream: 'dlp', id: '00', time: new Date(0), document }, columns);
}

/** The cells of a text as a spreadsheet reads it that knows this separator and quotes at the begin of a cell only. */
function readBy(separator: ';' | '\t' | ',', text: string): string[] {
  const cells: string[] = [];
  let rest = text;
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const [head, inside] = [quoted?.[0] ?? '', quoted?.[1] ?? ''];
    const [tail = ''] = /^[^;\t,\r\n]*(?:(?!\r|\n)[;\t,][^;\t,\r\n]*)*/.exec(rest.slice(head.length)) ?? [];
    const [first = ''] = tail.split(separator);
    cells.push(inside.replaceAll('""', '"') + first);
    rest = rest.slice(head.length + first.length + 1);
  }
  return cells;
}

async function written(document: Record<string, unknown>): Promise<string> {
  const columns = Object.keys(document);
  const writer = csvWriter(columns);
  writer.end(cellsOf(document, columns));
  let text = '';
  for await (const chunk of writer) text += String(chunk);
  return text;
}

const HOSTILE = [
  '=1',
  '＝1',
  '\n=1',
  '\r\n+1',
  '  @SUM(1)',
  '\u00a0\ufeff\u200b=1',
  '"=1"',
  "x;=cmd|'/C calc'!A0;y",
  'x; \u0000"=1";y',
  'x\t-1\ty',
  'x\n\n=1',
  'first, line\n@x',
  '"quoted";"=1"',
];

test.each(HOSTILE.map((text) => [text]))('%j begins no formula', async (text) => {
  for (const document of [
    { subject: text },
    { a: 'x, y', subject: text, z: '1' },
    { list: { deep: text } },
    { [text]: 1 },
  ]) {
    const csv = await written(document);
    for (const separator of [',', ';', '\t'] as const)
      for (const cell of readBy(separator, csv)) expect(cell).not.toMatch(/^[\s\p{C}"]*[=+\-@＝＋－＠]/u);
  }
});

test.each<[unknown, string]>([
  ["x;=cmd|'/C calc'!A0;y", "x;'=cmd|'/C calc'!A0;y"],
  ['\n=1', "'\n'=1"],
  ['a - b = c; d', 'a - b = c; d'],
  ['plain@example.com', 'plain@example.com'],
  ["it's", "it's"],
  [-12.5, '-12.5'],
  ['-12.5', "'-12.5"],
  [true, 'true'],
  [null, ''],
  [['=1', 2], '["=1",2]'],
])('%j becomes %j', (value, cell) => {
  expect(cellsOf({ value })).toEqual([cell]);
});

test('long runs of what may come before a formula are read once', () => {
  for (const run of ['\n', ' ', ';', '"', '\t=']) {
    const text = run.repeat(1_000_000);
    expect(cellsOf({ value: `${text}x` })[0]?.replaceAll("'", '')).toBe(`${text}x`);
  }
});
