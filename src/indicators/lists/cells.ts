/** Lines of a list, and the cells of a line of CSV. */

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** `//host/path` is a URL without its scheme. */
const COMMENT = /^(?:#|\/\/(?!\S*\.\S*$)|;)/;
/** In a list with semicolons between cells, this begins with an empty one. */
const EMPTY_CELL = /^;\S/;
/** A `#` in a URL has no space before it; one in quotes belongs to the cell. */
const COMMENT_AT_END = /^((?:"[^"]*"|[^"])*?)\s#.*$/s;

/** One after the other, without their comments; the text of a line that holds nothing else is empty. */
export function* linesIn(text: string): Generator<Line, void, undefined> {
  const END = /\r\n?|\n|$/g;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let first: string | undefined;
  for (let number = 1; at <= text.length; number += 1) {
    END.lastIndex = at;
    const { index = text.length, 0: end = '' } = END.exec(text) ?? {};
    const line = text.slice(at, index).trim();
    const isRow = first?.includes(';') === true && EMPTY_CELL.test(line);
    const bare = !isRow && COMMENT.test(line) ? '' : withoutComment(line);
    if (bare !== '') first ??= bare;
    yield { number, text: bare };
    if (end === '') return;
    at = index + end.length;
  }
}

function withoutComment(line: string): string {
  return line.includes('#') ? line.replace(COMMENT_AT_END, '$1').trimEnd() : line;
}

/**
 * Between commas, semicolons, tabs or bars; quotes as in CSV, or around a name before an address. Empty cells are kept: a
 * cell's place says its column.
 */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const CELL = /\s*(?:"((?:[^"]|"")*)"\s*(?=[,;\t|]|$)|((?:"[^"]*")?[^,;\t|]*))([,;\t|]|$)/gy;
  for (let at = 0; at <= line.length; at = CELL.lastIndex) {
    CELL.lastIndex = at;
    const [, quoted, bare = '', end = ''] = CELL.exec(line) ?? [];
    cells.push((quoted?.replaceAll('""', '"') ?? bare).trim());
    if (end === '') break;
  }
  return cells;
}
