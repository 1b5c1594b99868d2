/** A list of indicators as people paste or upload it: lines, CSV, or a STIX bundle. */

import { isObject, parseJson } from '../../domain/json.js';
import { cellsOf, type Line, linesIn } from './cells.js';
import { bundleEntries, isBundle } from './stix.js';
import { NotUnderstood, type WantedIndicator } from './wanted.js';
import { wantedOf } from './wanted-of.js';

export const MOST_WANTED = 10_000;
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

/** @param list one text, or a text for each indicator. */
export function parseList(list: string | readonly string[]): ParsedList {
  const parsing = new Parsing();
  if (typeof list !== 'string') for (const [at, text] of list.entries()) parsing.add(at + 1, text);
  else addText(parsing, list);
  return parsing.result();
}

class Parsing {
  private readonly wanted = new Map<string, WantedIndicator>();
  private readonly strangers: StrangeEntry[] = [];
  private strange = 0;

  add(line: number, text: string): void {
    const wanted = tried(text);
    if (typeof wanted === 'string') this.refuse(line, text, wanted);
    else this.take(wanted);
  }

  take(wanted: WantedIndicator): void {
    const { keys, between } = wanted;
    const name = `${keys[0]} ${keys.length} ${between?.from} ${between?.to}`;
    if (!this.wanted.has(name)) this.wanted.set(name, wanted);
  }

  refuse(line: number, text: string, reason: string): void {
    this.strange += 1;
    if (this.strangers.length < MOST_NAMED) this.strangers.push({ line, text: text.slice(0, MOST_SHOWN), reason });
  }

  result(): ParsedList {
    return { wanted: [...this.wanted.values()], notUnderstood: this.strangers, strange: this.strange };
  }
}

/** @returns why not, if it is not understood. */
function tried(text: string): WantedIndicator | string {
  try {
    return wantedOf(text);
  } catch (error) {
    if (error instanceof NotUnderstood) return error.message;
    throw error;
  }
}

function addText(parsing: Parsing, text: string): void {
  if (!/^[\s\ufeff]*\{/.test(text)) {
    addLines(parsing, linesIn(text));
    return;
  }
  const json = parseJson(text.replace(/^\ufeff/, ''));
  if (!isBundle(json)) {
    const reason = isObject(json) ? 'it is JSON, but not a STIX bundle' : 'it begins like JSON, but is not';
    parsing.refuse(1, text, reason);
    return;
  }
  for (const { number, text: entry, reason } of bundleEntries(json)) {
    if (reason === undefined) parsing.add(number, entry);
    else parsing.refuse(number, entry, reason);
  }
}

interface Row extends Line {
  readonly cells: readonly string[];
}

function addLines(parsing: Parsing, lines: readonly Line[]): void {
  const rows: Row[] = lines.map((line) => ({ ...line, cells: cellsOf(line.text) }));
  const width = rows[0]?.cells.length ?? 0;
  if (rows.length > 1 && width > 1 && rows.every(({ cells }) => cells.length === width)) addTable(parsing, rows);
  else for (const row of rows) addRow(parsing, row);
}

function addRow(parsing: Parsing, { number, text, cells }: Row): void {
  const whole = tried(text);
  if (typeof whole !== 'string') parsing.take(whole);
  else for (const cell of cells) if (cell !== '') parsing.add(number, cell);
}

/** In a table, a column without a single indicator says something else; in one that has some, each of its cells counts. */
function addTable(parsing: Parsing, rows: readonly Row[]): void {
  const results = rows.map(({ cells }) => cells.map(tried));
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
