/** Lines of a list, and the cells of a line of CSV. */

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

const COMMENT = /^(#|\/\/|;)/;
/** A `#` in a URL has no space before it. */
const COMMENT_AT_END = /\s#.*$/s;

/** One after the other, without their comments; the text of a line that holds nothing else is empty. */
export function* linesIn(text: string): Generator<Line, void, undefined> {
  const END = /\r\n?|\n|$/g;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (let number = 1; at <= text.length; number += 1) {
    END.lastIndex = at;
    const { index = text.length, 0: end = '' } = END.exec(text) ?? {};
    const line = text.slice(at, index).trim();
    yield { number, text: COMMENT.test(line) ? '' : line.replace(COMMENT_AT_END, '').trimEnd() };
    if (end === '') return;
    at = index + end.length;
  }
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
