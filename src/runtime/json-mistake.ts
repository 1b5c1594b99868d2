/** Where a text stops being JSON. The messages of `JSON.parse` quote the text, which may be a secret. */

const BLANKS = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/uy;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** Line and column of the first character that cannot stand there, or that the text ends too early. */
export function jsonMistake(text: string): string {
  const at = new Reader(text).end();
  if (at >= text.length) return 'it ends too early';
  const lines = text.slice(0, at).split(/\r?\n/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Reads as far as the text is JSON. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** Where it is no JSON any more. */
  end(): number {
    if (this.value()) this.blanks();
    return this.at;
  }

  private value(): boolean {
    this.blanks();
    if (this.take('{')) return this.list('}', () => this.string() && this.separator(':') && this.value());
    if (this.take('[')) return this.list(']', () => this.value());
    return this.text[this.at] === '"' ? this.string() : this.match(LITERAL);
  }

  private list(close: string, entry: () => boolean): boolean {
    if (this.separator(close)) return true;
    do if (!entry()) return false;
    while (this.separator(','));
    return this.separator(close);
  }

  private string(): boolean {
    this.blanks();
    return this.match(STRING) && this.take('"');
  }

  private separator(character: string): boolean {
    this.blanks();
    return this.take(character);
  }

  private blanks(): void {
    this.match(BLANKS);
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    this.at += found?.length ?? 0;
    return found !== undefined;
  }
}
