/** Records as rows of a CSV file that a spreadsheet can open without running anything. */

import { stringify } from 'csv-stringify';
import { valueAt } from '../../domain/json.js';
import type { FoundRecord } from '../../store/search/find-records.js';

export const DEFAULT_COLUMNS: readonly string[] = [
  ...['_messageTime', '_dataType', '_source', 'subject', 'senderEnvelope', 'recipients', 'action', 'messageId'],
];

/** Takes rows and gives text. */
export function csvWriter(columns: readonly string[]) {
  const named = columns.map((path) => ({ key: path, header: textCell(path) }));
  return stringify({ header: true, columns: named, record_delimiter: 'windows' });
}

/** A text that a spreadsheet would take for a formula gets an apostrophe. @param columns paths into the stored record. */
export function csvRow({ document }: FoundRecord, columns: readonly string[]): string[] {
  return columns.map((path) =>
    cellOf(Object.hasOwn(document, path) ? document[path] : valueAt(document, path.split('.'))),
  );
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return textCell(JSON.stringify(value));
  return typeof value === 'string' ? textCell(value) : String(value);
}

/**
 * Where a formula may begin: at the start of a text, and behind what begins a cell for a spreadsheet that separates by
 * semicolons or tabs, for which quotes in the middle of a line mean nothing. Blanks, quotes and characters that cannot be
 * seen may be lost when it is read. What comes before is looked at only where a formula's first character stands.
 */
const FORMULA = /^(?=[\t\r\n])|(?=[=+\-@\uff1d\uff0b\uff0d\uff20])(?<=(?:^|[;\t\r\n])[\s\p{C}"]*)/gu;

function textCell(text: string): string {
  return text.replace(FORMULA, "'");
}
