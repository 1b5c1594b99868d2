/** Records as rows of a CSV file that a spreadsheet can open without running anything. */

import { stringify } from 'csv-stringify';
import { textCell } from '../../domain/csv-cell.js';
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

/** @param columns paths into the stored record. */
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
