/** What a search asks of a record, as a tree. The parser makes it, the store translates it. Pure. */

export type Condition =
  | { readonly kind: 'everything' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | FieldCondition
  | TextCondition
  | IndicatorCondition;

/** One field of a record, by its path, such as `from.emailAddress`. Of a list, one entry is enough. */
export interface FieldCondition {
  readonly kind: 'field';
  readonly path: string;
  readonly test: FieldTest;
}

/** Any of the fields that a word without a field's name is looked for in; which ones, the stream's definition says. */
export interface TextCondition {
  readonly kind: 'text';
  readonly test: WordsTest | PatternTest;
}

/**
 * A record that carries one of these indicators, which an index answers.
 *
 * `otherwise` is the same question asked of the fields, for records stored before indicators were extracted.
 */
export interface IndicatorCondition {
  readonly kind: 'indicator';
  readonly keys: readonly string[];
  /** Keys that also records outside of the range have: one indicator has to lie between these, both included. */
  readonly between?: { readonly from: string; readonly to: string };
  readonly otherwise: Condition;
}

export type FieldTest = WordsTest | PatternTest | RangeTest | NetworkTest | { readonly by: 'exists' };

/**
 * The text occurs in the value, ignoring case, with a boundary on each side: `word` is what is not a letter or digit,
 * `part` is white space, a bracket, a quote, a comma or a semicolon. Numbers and booleans are compared as such.
 */
export interface WordsTest {
  readonly by: 'words';
  readonly text: string;
  readonly boundary: Boundary;
}
export type Boundary = 'word' | 'part';

/** The same with gaps of any length, or of one character, which do not reach beyond white space (`word`) or a `part`. */
export interface PatternTest {
  readonly by: 'pattern';
  readonly parts: readonly PatternPart[];
  readonly boundary: Boundary;
}
export type PatternPart = { readonly literal: string } | 'any' | 'one';

/** Numbers, also those that are stored as text; times of metadata; else texts in the order of their characters. */
export interface RangeTest {
  readonly by: 'range';
  readonly min?: Bound;
  readonly max?: Bound;
}
export interface Bound {
  readonly value: number | string | Date;
  readonly isIncluded: boolean;
}

/** An address of the range that begins with these bits, however it is spelled; 4 bytes or 16. */
export interface NetworkTest {
  readonly by: 'network';
  readonly bytes: readonly number[];
  readonly bits: number;
}

export const EVERYTHING: Condition = { kind: 'everything' };

/** All of them; without the ones that ask nothing. */
export function allOf(conditions: readonly Condition[]): Condition {
  const of = conditions.filter(({ kind }) => kind !== 'everything');
  const [only] = of;
  if (only === undefined) return EVERYTHING;
  return of.length === 1 ? only : { kind: 'all', of };
}

export function anyOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { kind: 'any', of: conditions };
}

/** Whether indicators take part in the answer. */
export function asksIndicators(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(asksIndicators);
    case 'not':
      return asksIndicators(condition.of);
    default:
      return condition.kind === 'indicator';
  }
}
