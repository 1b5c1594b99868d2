/** Plain tables for terminals: columns as wide as their widest cell, numbers to the right. */

export type Cell = string | number | undefined;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText));
  const widths = head.map((title, column) => Math.max(title.length, ...texts.map((row) => (row[column] ?? '').length)));
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, column) => (numeric[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), ...texts.map(line)].join('\n');
}

export function cellText(cell: Cell): string {
  return typeof cell === 'number' ? count(cell) : (cell ?? '-');
}

/** `1234567` as `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
