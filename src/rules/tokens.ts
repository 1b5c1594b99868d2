/** The parts of a pattern in RE2's syntax. It judges nothing: whether a pattern is right, RE2 itself says. */

export type TokenKind = 'literal' | 'atom' | 'flags' | 'open' | 'close' | 'bar' | 'repeat';

export interface Token {
  /**
   * `literal`: one character that stands for itself. `atom`: whatever else matches something or is an anchor. `flags`: such
   * as `(?s)`, for what follows. `open`, `close`: of a group. `bar`: an alternative begins. `repeat`: for what is before.
   */
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it begins, counted from 0. */
  readonly at: number;
  /** How many groups it is in; of `open` and `close` themselves, how many are around the group. */
  readonly depth: number;
}

const ESCAPE = String.raw`\\(?:x\{[^}]*\}|x[\da-fA-F]{2}|[pP](?:\{[^}]*\}|.)|[0-7]{1,3}|.)`;
const CLASS = String.raw`\[\^?\]?(?:\[:.*?:\]|${ESCAPE}|[^\]\\])*\]?`;
const COUNT = String.raw`\{(?:0|[1-9]\d*)(?:,(?:0|[1-9]\d*)?)?\}`;
const TOKEN = new RegExp(
  [
    String.raw`(?<quote>\\Q.*?(?:\\E|$))`,
    `(?<atom>${ESCAPE}|${CLASS}|[.^$])`,
    String.raw`(?<flags>\(\?[a-zA-Z-]*\))`,
    String.raw`(?<open>\(\?P?<[^>]*>|\(\?[a-zA-Z-]*:|\()`,
    String.raw`(?<close>\))`,
    String.raw`(?<bar>\|)`,
    String.raw`(?<repeat>(?:[*+?]|${COUNT})\??)`,
    '(?<literal>.)',
  ].join('|'),
  'gsu',
);

export function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const match of pattern.matchAll(TOKEN)) {
    const { quote, ...kinds } = match.groups ?? {};
    // A quotation is no atom: what repeats it repeats its last character only.
    const kind = quote === undefined ? kindIn(kinds) : 'atom';
    if (kind === 'close') depth -= 1;
    tokens.push({ kind, text: match[0], at: match.index, depth });
    if (kind === 'open') depth += 1;
  }
  return tokens;
}

function kindIn(kinds: Readonly<Record<string, string | undefined>>): TokenKind {
  const [kind] = Object.entries(kinds).find(([, text]) => text !== undefined) ?? ['literal'];
  return kind as TokenKind;
}

/** Where the last group begins that is never closed, counted from 0; undefined when all are. */
export function unclosedGroup(tokens: readonly Token[]): number | undefined {
  const open: number[] = [];
  for (const { kind, at } of tokens) {
    if (kind === 'open') open.push(at);
    else if (kind === 'close') open.pop();
  }
  return open.at(-1);
}
