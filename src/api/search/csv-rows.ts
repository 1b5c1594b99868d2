/** Records as rows of a CSV file that a spreadsheet can open without running anything. */

import { stringify } from 'csv-stringify';
import { valueAt } from '../../domain/json.js';
import type { FoundRecord } from '../../store/search/find-records.js';

export const DEFAULT_COLUMNS: readonly string[] = [
  ...['_messageTime', '_dataType', '_source', 'subject', 'senderEnvelope', 'recipients', 'action', 'messageId'],
];

/** Takes rows and gives text. A value that a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvWriter(columns: readonly string[]) {
  return stringify({ header: true, columns: [...columns], escape_formulas: true, record_delimiter: 'windows' });
}

/** @param columns paths into the stored record. */
export function csvRow({ document }: FoundRecord, columns: readonly string[]): string[] {
  return columns.map((path) =>
    cellOf(Object.hasOwn(document, path) ? document[path] : valueAt(document, path.split('.'))),
  );
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
