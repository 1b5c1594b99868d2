/**
 * How much work the Masks and Hashes of one record may be. Each search for a match is linear in the text, and all of them
 * together are not: `(a)(?:.*z)?` may go on to the end of the text from each `a`, and find no `z` there. RE2 has no remedy
 * for that. So the work is counted, by what the engine looks at and not by a clock: the same text always comes to the
 * same end.
 */

/** Characters looked at, each by its price. Measured at 20 to 30 ns each, a record takes a second or two at most. */
const MAX_WORK = 60_000_000;

/** Instructions of a pattern that make a character as dear again: a long text is matched with all of them at once. */
const INSTRUCTIONS = 32;
/**
 * Of a larger pattern, so many are taken for being tried at once: one that counts repetitions, such as `{1,255}`, has many
 * more and tries few.
 */
const MAX_AT_ONCE = 128;
/** So many characters that are only searched for the beginning of a match cost as much as one that is matched. */
const SEARCHED = 16;

/** So much more may be done without counting, by its most: nearly all records need less, and counting takes time too. */
const UNCOUNTED = 3_000_000;
/** How often the search for one match looks at a character, its groups included. */
const LOOKS = 6;

/** Thrown out of the engine in the middle of a search. */
export class WorkUsedUp extends Error {
  override readonly name = 'WorkUsedUp';
}

/** What is left of the work for one record. */
export class Work {
  private left = MAX_WORK;
  private uncounted = UNCOUNTED;

  /** Whether a search through so many characters may be done without counting; if so, it is taken for done. */
  takeUncounted(characters: number, programSize: number): boolean {
    this.uncounted -= LOOKS * characters * priceOf(programSize);
    return this.uncounted >= 0;
  }

  /** @throws WorkUsedUp */
  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new WorkUsedUp();
  }
}

/** A text that counts what is looked at. The engine takes any object that is a string, and uses no more of it than this. */
export class MeteredText extends String {
  private readonly price: number;

  /** @param programSize of the pattern that is looked for. */
  constructor(
    private readonly text: string,
    private readonly work: Work,
    programSize: number,
  ) {
    super(text);
    this.price = priceOf(programSize);
  }

  override charCodeAt(at: number): number {
    this.work.spend(this.price);
    return this.text.charCodeAt(at);
  }

  override indexOf(piece: string, from = 0): number {
    const found = this.text.indexOf(piece, from);
    this.work.spend(((found < 0 ? this.text.length : found) - from) / SEARCHED + 1);
    return found;
  }
}

function priceOf(programSize: number): number {
  return 1 + Math.min(programSize, MAX_AT_ONCE) / INSTRUCTIONS;
}
