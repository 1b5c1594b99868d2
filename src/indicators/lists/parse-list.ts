/** A list of indicators as people paste or upload it: lines, CSV, or a STIX bundle. */

import { setImmediate as turn } from 'node:timers/promises';
import { isObject, parseJson } from '../../domain/json.js';
import { cellsOf, type Line, linesIn } from './cells.js';
import { bundleEntries, isBundle } from './stix.js';
import { ListTooLong, NotUnderstood, type WantedIndicator } from './wanted.js';
import { wantedOf } from './wanted-of.js';

export const MOST_WANTED = 10_000;
const MOST_STRANGE = 10_000;
/** Empty ones and comments included. */
const MOST_LINES = 100_000;
/** Cells of CSV, of use or not; each line counts as one, too. */
const MOST_CELLS = 200_000;
/** So many one after the other, before others get a turn. */
const AT_ONCE = 100;
const AT_ONCE_MS = 10;
/** Of what is not understood, so many are named; the others are only counted. */
const MOST_NAMED = 1_000;
/** Of each, in characters. */
const MOST_SHOWN = 200;

export interface StrangeEntry {
  /** Line, or place of the object in a STIX bundle, counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface ParsedList {
  /** Each once, however often it was given. */
  readonly wanted: readonly WantedIndicator[];
  readonly notUnderstood: readonly StrangeEntry[];
  /** How many were not understood, if there are more than are named. */
  readonly strange: number;
}

/**
 * Lets others have their turn again and again: a list may be as long as a body.
 *
 * @param list one text, or a text for each indicator.
 * @throws ListTooLong
 */
export async function parseList(list: string | readonly string[]): Promise<ParsedList> {
  const parsing = new Parsing();
  if (typeof list === 'string') await addText(parsing, list);
  else
    for (const [at, text] of list.entries()) {
      await parsing.pause();
      parsing.add(at + 1, text);
    }
  return parsing.result();
}

class Parsing {
  private readonly wanted = new Map<string, WantedIndicator>();
  private readonly strangers: StrangeEntry[] = [];
  private strange = 0;
  private cells = 0;
  private steps = 0;
  private since = performance.now();

  /** To be awaited between two steps. */
  async pause(): Promise<void> {
    this.steps += 1;
    if (this.steps % AT_ONCE !== 0 && performance.now() - this.since < AT_ONCE_MS) return;
    await turn();
    this.since = performance.now();
  }

  add(line: number, text: string): void {
    const wanted = this.tried(text);
    if (typeof wanted === 'string') this.refuse(line, text, wanted);
    else this.take(wanted);
  }

  /** @returns why not, if it is not understood. */
  tried(text: string): WantedIndicator | string {
    this.cells += 1;
    if (this.cells > MOST_CELLS) throw tooLong(MOST_CELLS, 'cells');
    try {
      return wantedOf(text);
    } catch (error) {
      if (error instanceof NotUnderstood) return error.message;
      throw error;
    }
  }

  take(wanted: WantedIndicator): void {
    const { keys, between } = wanted;
    const name = `${keys[0]} ${keys.length} ${between?.from} ${between?.to}`;
    if (this.wanted.has(name)) return;
    if (this.wanted.size === MOST_WANTED) throw tooLong(MOST_WANTED, 'indicators');
    this.wanted.set(name, wanted);
  }

  refuse(line: number, text: string, reason: string): void {
    this.strange += 1;
    if (this.strange > MOST_STRANGE) throw tooLong(MOST_STRANGE, 'entries that are not understood');
    if (this.strangers.length < MOST_NAMED) this.strangers.push({ line, text: text.slice(0, MOST_SHOWN), reason });
  }

  result(): ParsedList {
    return { wanted: [...this.wanted.values()], notUnderstood: this.strangers, strange: this.strange };
  }
}

function tooLong(most: number, what: string): ListTooLong {
  return new ListTooLong(`a list may have at most ${most.toLocaleString('en-US')} ${what}: split it`);
}

async function addText(parsing: Parsing, text: string): Promise<void> {
  if (!/^[\s\ufeff]*\{/.test(text)) return addLines(parsing, text);
  const json = parseJson(text.replace(/^\ufeff/, ''));
  if (!isBundle(json)) {
    const reason = isObject(json) ? 'it is JSON, but not a STIX bundle' : 'it begins like JSON, but is not';
    return parsing.refuse(1, text, reason);
  }
  for (const { number, text: entry, reason } of bundleEntries(json)) {
    await parsing.pause();
    if (reason === undefined) parsing.add(number, entry);
    else parsing.refuse(number, entry, reason);
  }
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

async function addRow(parsing: Parsing, { number, text, cells }: Row): Promise<void> {
  const whole = parsing.tried(text);
  if (typeof whole !== 'string') return parsing.take(whole);
  for (const cell of cells) {
    await parsing.pause();
    if (cell !== '') parsing.add(number, cell);
  }
}

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
    if (hasHead && at === 0) continue;
    for (const [column, cell] of cells.entries()) {
      const result = results[at]?.[column];
      if (!isOfUse[column] || cell === '' || result === undefined) continue;
      if (typeof result === 'string') parsing.refuse(number, cell, result);
      else parsing.take(result);
    }
  }
}
