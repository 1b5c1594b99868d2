/** Tells a text that holds several indicators from one whose name or path has commas and blanks in it. */

import { INDICATOR_TYPES, type IndicatorType } from '../../domain/indicators/indicator.js';
import { emailsIn } from '../values/emails.js';
import { cellsOf } from './cells.js';
import type { FoundIndicator } from './guessed-name.js';
import { refanged } from './refanged.js';
import { NotUnderstood } from './wanted.js';

/** Why such a text is refused. */
export const SEVERAL =
  'there is an indicator in it, and something else: write each by itself, or say what the whole is, such as file:NAME';

type Guess = (text: string) => FoundIndicator | undefined;

interface How {
  /** Whether its type was given. */
  readonly isNamed: boolean;
  readonly guess: Guess;
}

/** @param type what the text as a whole is taken for. */
export function holdsSeveral(text: string, type: IndicatorType, { isNamed, guess }: How): boolean {
  if (type === 'email' && emailsIn(text).length > 1) return true;
  const [first, ...more] = cellsOf(text).filter((cell) => cell !== '');
  if (isNamed || type === 'url') return more.some((cell) => BEGINS_ANEW.test(cell));
  if (type === 'file') return someAreIndicators(partsOf(text), guess);
  return first !== undefined && more.length > 0 && [first, ...more].filter((cell) => isSure(cell, guess)).length > 1;
}

export function partsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

const BEGINS_ANEW = new RegExp(`^(?:(?:${INDICATOR_TYPES.join('|')}):|[a-z][a-z0-9+.-]*(?::|\\[:\\]|\\[:)//)`, 'i');

/** Of a text with more parts that may be indicators, nobody would say that it is one name. */
const MOST_LOOKED_AT = 8;
const MAY_BE_ONE = /[.:@]|[0-9a-f]{32}/i;

/** Whether one of the parts is an indicator by itself, and not only a file name. */
export function someAreIndicators(parts: readonly string[], guess: Guess): boolean {
  if (parts.length < 2) return false;
  const likely = parts.filter((part) => MAY_BE_ONE.test(part));
  return likely.length > MOST_LOOKED_AT || likely.some((part) => isSure(part, guess));
}

function isSure(part: string, guess: Guess): boolean {
  try {
    const wanted = guess(refanged(part));
    return wanted !== undefined && !wanted.keys.some((key) => key.startsWith('file:'));
  } catch (error) {
    // It is something that can be told by its form, if not one that can be looked for.
    if (error instanceof NotUnderstood) return true;
    throw error;
  }
}
