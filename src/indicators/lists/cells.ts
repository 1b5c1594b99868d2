/** Lines of a list, and the cells of a line of CSV. */

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

const COMMENT = /^(#|\/\/|;)/;
/** A `#` in a URL has no space before it. */
const COMMENT_AT_END = /\s#.*$/;

/** Lines that hold something, without their comments. */
export function linesIn(text: string): Line[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n?|\n/)
    .map((line, at) => ({ number: at + 1, text: line.trim() }))
    .filter(({ text: line }) => line !== '' && !COMMENT.test(line))
    .map(({ number, text: line }) => ({ number, text: line.replace(COMMENT_AT_END, '').trimEnd() }));
}

/** Between commas, semicolons, tabs or bars; quotes as in CSV. Empty cells are kept: a cell's place says its column. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const CELL = /\s*(?:"((?:[^"]|"")*)"\s*(?=[,;\t|]|$)|([^,;\t|]*))([,;\t|]|$)/gy;
  for (let at = 0; at <= line.length; at = CELL.lastIndex) {
    CELL.lastIndex = at;
    const [, quoted, bare = '', end = ''] = CELL.exec(line) ?? [];
    cells.push((quoted?.replaceAll('""', '"') ?? bare).trim());
    if (end === '') break;
  }
  return cells;
}
