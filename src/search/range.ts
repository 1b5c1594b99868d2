/** `[1 TO 5]`, `{1 TO 5}`, `>5`, `<=5`. */

import { isCalendarDay } from '../domain/calendar.js';
import type { Bound, RangeTest } from '../domain/search/condition.js';
import { isVendorTime, TIME_PATHS } from './fields.js';
import { QueryError } from './query-error.js';
import { unescaped, type ValueToken } from './tokens.js';

interface Ends {
  readonly min?: End;
  readonly max?: End;
}
interface End {
  readonly text: string;
  readonly isIncluded: boolean;
}

/** @returns `undefined` for a value that is not a range. @throws QueryError */
export function rangeOf(value: ValueToken, path: string): RangeTest | undefined {
  const ends = endsOf(value);
  if (ends === undefined) return undefined;
  const given = [ends.min, ends.max].filter((end) => end !== undefined);
  if (given.length === 0) throw new QueryError('a range needs at least one end', value.at);
  const read = TIME_PATHS.has(path) ? timeOf : given.every(({ text }) => NUMBER.test(text)) ? Number : undefined;
  if (read === undefined && isVendorTime(path))
    throw new QueryError(`${path} is written in several forms; for a range of times use _messageTime`, value.at);
  const boundOf = ({ text, isIncluded }: End): Bound => {
    const bound = read === undefined ? text : read(text);
    if (bound === undefined)
      throw new QueryError(`“${text}” is not a time; write it as 2026-01-31T12:00:00Z`, value.at);
    return { value: bound, isIncluded };
  };
  const { min, max } = ends;
  return { by: 'range', ...(min && { min: boundOf(min) }), ...(max && { max: boundOf(max) }) };
}

const NUMBER = /^-?\d{1,17}(?:\.\d{1,17})?$/;
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const COMPARISON = /^(>=|<=|>|<)(.+)$/s;
const RANGE = /^[[{]\s*("(?:\\.|[^"\\])*"|\S+)\s+TO\s+("(?:\\.|[^"\\])*"|\S+?)\s*[\]}]$/;

function endsOf({ form, text, at }: ValueToken): Ends | undefined {
  if (form === 'word') {
    const [, operator = '', end] = COMPARISON.exec(text) ?? [];
    if (end === undefined) return undefined;
    const found = { text: unescaped(end), isIncluded: operator.endsWith('=') };
    return operator.startsWith('>') ? { min: found } : { max: found };
  }
  if (form !== 'range') return undefined;
  const [, min, max] = RANGE.exec(text) ?? [];
  if (min === undefined || max === undefined)
    throw new QueryError('a range is written as [1 TO 5], with * for an open end and texts with blanks in quotes', at);
  return {
    ...endOf('min', min, text.startsWith('[')),
    ...endOf('max', max, text.endsWith(']')),
  };
}

function endOf(side: 'min' | 'max', text: string, isIncluded: boolean): Ends {
  if (text === '*') return {};
  return { [side]: { text: unescaped(text.replace(/^"(.*)"$/s, '$1')), isIncluded } };
}

/** Without a zone: UTC. */
function timeOf(text: string): Date | undefined {
  if (!TIME.test(text) || !isCalendarDay(text.slice(0, 10))) return undefined;
  const time = new Date(/T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
