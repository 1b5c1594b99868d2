/** A text of indicators: lines, CSV, STIX, or a list in JSON. */

import { jsonOf, kindOf, parseJson } from '../../domain/json.js';
import { cellsOf, type Line, linesIn } from './cells.js';
import { type Parsing, tooLong } from './parsing.js';
import { type BundleEntry, bundleEntries, isStixObject, stixObjects } from './stix.js';
import type { WantedIndicator } from './wanted.js';

/** Empty ones and comments included. */
const MOST_LINES = 100_000;

/** @throws ListTooLong */
export async function addText(parsing: Parsing, text: string): Promise<void> {
  const bare = text.replace(/^[\s\ufeff]+/, '');
  if (!BEGINS_LIKE_JSON.test(bare)) return addLines(parsing, text);
  const json = parseJson(bare);
  // An address in brackets, or texts in brackets of which the last one is missing.
  if (json === undefined && !BEGINS_LIKE_OBJECTS.test(bare)) return addLines(parsing, text);
  const entries = Array.isArray(json) ? listEntries(json) : stixEntries(json);
  if (typeof entries === 'string') return parsing.refuse(1, bare, entries);
  for (const { number, text: entry, reason } of entries) {
    await parsing.pause();
    if (reason === undefined) parsing.add(number, entry);
    else parsing.refuse(number, entry, reason);
  }
}

const BEGINS_LIKE_JSON = /^[{[]/;
const BEGINS_LIKE_OBJECTS = /^(?:\{|\[\s*[{[])/;

/** @returns why not, if it is not understood. */
function stixEntries(json: unknown): Iterable<BundleEntry> | string {
  if (json === undefined) return 'it begins like JSON, but is not';
  const objects = stixObjects(json);
  return objects === undefined ? 'it is JSON, but not a STIX bundle' : bundleEntries(objects);
}

/** Texts, or objects of STIX. */
function listEntries(list: readonly unknown[]): Iterable<BundleEntry> {
  if (list.some(isStixObject)) return bundleEntries(list);
  return list.map((entry, at) => {
    const number = at + 1;
    if (typeof entry === 'string') return { number, text: entry };
    return { number, text: jsonOf(entry) ?? kindOf(entry), reason: 'it is neither a text nor an object of STIX' };
  });
}

interface Row extends Line {
  readonly cells: readonly string[];
}

async function addLines(parsing: Parsing, text: string): Promise<void> {
  const rows: Row[] = [];
  for (const line of linesIn(text)) {
    await parsing.pause();
    if (line.number > MOST_LINES) throw tooLong(MOST_LINES, 'lines');
    if (line.text !== '') rows.push({ ...line, cells: cellsOf(line.text) });
  }
  const width = rows[0]?.cells.length ?? 0;
  if (rows.length > 1 && width > 1 && rows.every(({ cells }) => cells.length === width)) return addTable(parsing, rows);
  for (const row of rows) {
    await parsing.pause();
    await addRow(parsing, row);
  }
}

/** A comma may also be of a URL or of the name of a file: then it is looked up as a whole and in its parts. */
async function addRow(parsing: Parsing, { number, text, cells }: Row): Promise<void> {
  const given = cells.filter((cell) => cell !== '');
  const whole = given.length > 1 ? parsing.tried(text) : 'it has one cell';
  if (typeof whole !== 'string') parsing.take(whole);
  for (const cell of given) {
    await parsing.pause();
    if (typeof whole === 'string') parsing.add(number, cell);
    else parsing.addIfUnderstood(cell);
  }
}

/** What an indicator has that was mistyped, and the head of a column has not. */
const UNLIKE_HEAD = /[.@:[\]]|\/\/|^[0-9a-f]{20,}$/i;

/** In a table, a column without a single indicator says something else; in one that has some, each of its cells counts. */
async function addTable(parsing: Parsing, rows: readonly Row[]): Promise<void> {
  const results: (WantedIndicator | string)[][] = [];
  for (const { cells } of rows) {
    const ofRow: (WantedIndicator | string)[] = [];
    for (const cell of cells) {
      await parsing.pause();
      ofRow.push(parsing.tried(cell));
    }
    results.push(ofRow);
  }
  const [head = []] = results;
  const hasHead = head.every((result) => typeof result === 'string');
  const body = hasHead ? results.slice(1) : results;
  const isOfUse = head.map((_, column) => body.some((row) => typeof row[column] === 'object'));
  for (const [column, isUsed] of isOfUse.entries()) {
    const { number = 1, cells = [] } = rows[0] ?? {};
    if (!isUsed) parsing.refuse(number, cells[column] ?? '', `column ${column + 1} has no indicators`);
  }
  for (const [at, { number, cells }] of rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      const result = results[at]?.[column];
      if (!isOfUse[column] || cell === '' || result === undefined) continue;
      if (hasHead && at === 0 && !UNLIKE_HEAD.test(cell)) continue;
      if (typeof result === 'string') parsing.refuse(number, cell, result);
      else parsing.take(result);
    }
  }
}
