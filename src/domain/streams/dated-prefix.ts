/**
 * The beginning of keys, with parts of a date in it: `logs/{yyyy}/{MM}/{dd}/`. Pure. The letters are Java's, as AWS has them in
 * the prefixes of Firehose, whose own form is understood, too: `logs/!{timestamp:yyyy/MM/dd/}`.
 */

const DAY_MS = 86_400_000;
const DATE_PARTS = {
  yyyy: '\\d{4}',
  MM: '(?:0[1-9]|1[0-2])',
  dd: '(?:0[1-9]|[12]\\d|3[01])',
  HH: '(?:[01]\\d|2[0-3])',
} as const;

type DatePart = keyof typeof DATE_PARTS;
type Piece = { readonly part: DatePart } | { readonly text: string };

const BRACED = /!?\{(?:timestamp:)?([^{}]*)\}/g;
const WITHIN = /yyyy|MM|dd|HH|[^A-Za-z]+|[A-Za-z]+/g;
const KNOWN = Object.keys(DATE_PARTS).map((part) => `{${part}}`);

/** @returns what is wrong with a prefix; `undefined` for nothing. */
export function datedPrefixMistake(prefix: string): string | undefined {
  const pieces = piecesOf(prefix);
  if (typeof pieces === 'string') return pieces;
  const parts = new Set(pieces.flatMap((piece) => ('part' in piece ? [piece.part] : [])));
  const lacking = NEEDED.find(([part, other]) => parts.has(part) && !parts.has(other));
  return lacking && `must have {${lacking[1]}} where it has {${lacking[0]}}`;
}

/** What says nothing without another. */
const NEEDED = [
  ['MM', 'yyyy'],
  ['dd', 'MM'],
  ['HH', 'dd'],
] as const;

export class DatedPrefix {
  /** What all keys begin with. */
  readonly head: string;
  readonly isDated: boolean;
  private readonly pieces: readonly Piece[];
  private readonly form: RegExp;

  /** @throws Error for a prefix with a mistake. */
  constructor(readonly text: string) {
    const pieces = piecesOf(text);
    if (typeof pieces === 'string') throw new Error(`The prefix ${text} ${pieces}`);
    this.pieces = pieces;
    this.isDated = pieces.some((piece) => 'part' in piece);
    const [first] = pieces;
    this.head = first !== undefined && 'text' in first ? first.text : '';
    this.form = new RegExp(`^${sourceOf(pieces)}`);
  }

  /** Of what every key has, in signs. */
  get length(): number {
    return this.signs().length;
  }

  matches(key: string): boolean {
    return this.isDated ? this.form.test(key) : key.startsWith(this.text);
  }

  /** Whether a key may stand below the folder of a day, or of one that comes later. One without a date may. @param day `2026-06-01` */
  isFrom(day: string, key: string): boolean {
    if (!this.isDated) return true;
    const { yyyy, MM, dd } = this.form.exec(key)?.groups ?? {};
    const told = [yyyy, MM, dd].filter((part) => part !== undefined).join('-');
    return told >= day.slice(0, told.length);
  }

  /** What to list for the days from one to another, by UTC, each once and in their order. */
  ofDays(from: Date, to: Date): string[] {
    const found = new Set<string>();
    for (let time = startOfDay(from); time <= to.getTime(); time += DAY_MS) found.add(this.ofDay(new Date(time)));
    return [...found];
  }

  /** What keys of a day begin with, up to the hour where there is one. */
  private ofDay(time: Date): string {
    const [yyyy = '', MM = '', dd = ''] = time.toISOString().slice(0, 10).split('-');
    const ofDay: Partial<Record<DatePart, string>> = { yyyy, MM, dd };
    let text = '';
    for (const piece of this.pieces) {
      const next = 'text' in piece ? piece.text : ofDay[piece.part];
      if (next === undefined) break;
      text += next;
    }
    return text;
  }

  /** Whether there may be a key that begins with both. */
  overlaps(other: DatedPrefix): boolean {
    return this.agreesWith(other.signs());
  }

  /** The same with a text in which nothing is a part of a date. */
  mayBegin(text: string): boolean {
    return this.agreesWith([...text]);
  }

  private agreesWith(others: readonly string[]): boolean {
    const own = this.signs();
    const length = Math.min(own.length, others.length);
    return own.slice(0, length).every((sign, at) => isSame(sign, others[at] ?? ''));
  }

  /** One after the other, a digit of a date as `DIGIT`. */
  private signs(): readonly string[] {
    return this.pieces.flatMap((piece) =>
      'text' in piece ? [...piece.text] : Array.from({ length: piece.part.length }, () => DIGIT),
    );
  }
}

/** Longer than any sign of a text. */
const DIGIT = 'digit';

function isSame(a: string, b: string): boolean {
  return a === b || (a === DIGIT && /^\d$/.test(b)) || (b === DIGIT && /^\d$/.test(a));
}

/** @returns a mistake as a text. */
function piecesOf(prefix: string): readonly Piece[] | string {
  const pieces: Piece[] = [];
  const add = (text: string) => {
    const last = pieces.at(-1);
    if (last !== undefined && 'text' in last) pieces.splice(-1, 1, { text: `${last.text}${text}` });
    else if (text !== '') pieces.push({ text });
  };
  let end = 0;
  for (const found of prefix.matchAll(BRACED)) {
    add(prefix.slice(end, found.index));
    end = found.index + found[0].length;
    const within = found[1]?.match(WITHIN) ?? [];
    const unknown = within.find((each) => /[A-Za-z]/.test(each) && !isDatePart(each));
    if (within.length === 0 || unknown !== undefined) return unknownPart(found[0]);
    for (const each of within) isDatePart(each) ? pieces.push({ part: each }) : add(each);
  }
  add(prefix.slice(end));
  const stray = pieces.some((piece) => 'text' in piece && /[{}]/.test(piece.text));
  return stray ? `must not have { or } but around a part of a date: ${KNOWN.join(', ')}` : pieces;
}

function isDatePart(text: string): text is DatePart {
  return Object.hasOwn(DATE_PARTS, text);
}

function unknownPart(found: string): string {
  return `must not have ${found}; the parts of a date are ${KNOWN.join(', ')}, for year, month, day and hour`;
}

/** A part that comes again is the same as the first time. */
function sourceOf(pieces: readonly Piece[]): string {
  const seen = new Set<DatePart>();
  return pieces
    .map((piece) => {
      if ('text' in piece) return piece.text.replace(/[^\w\s]/g, '\\$&');
      if (seen.has(piece.part)) return `\\k<${piece.part}>`;
      seen.add(piece.part);
      return `(?<${piece.part}>${DATE_PARTS[piece.part]})`;
    })
    .join('');
}

function startOfDay(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS) * DAY_MS;
}
