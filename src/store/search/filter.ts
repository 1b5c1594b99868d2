/** Conditions as filters of MongoDB. The only place where a search becomes one, so no operator ever comes from outside. */

import type { Document } from 'mongodb';
import { INDICATORS_KEY } from '../../domain/indicators/indicator.js';
import type { Condition, FieldTest, IndicatorCondition, RangeTest } from '../../domain/search/condition.js';
import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import { addressPattern, partsPattern, wordsPattern } from './patterns.js';

export interface FilterContext {
  readonly stream: StreamName;
  /** Whether all records carry their indicators; else the fields are asked as well. */
  readonly hasIndicators: boolean;
  /** Where the record stands in what is searched, such as `fullDocument.`. Default: it is the document. */
  readonly prefix?: string;
}

export function filterOf(condition: Condition, context: FilterContext): Document {
  switch (condition.kind) {
    case 'everything':
      return {};
    case 'all':
      return { $and: condition.of.map((each) => filterOf(each, context)) };
    case 'any':
      return { $or: condition.of.map((each) => filterOf(each, context)) };
    case 'not':
      return { $nor: [filterOf(condition.of, context)] };
    case 'field':
      return fieldFilter(`${context.prefix ?? ''}${condition.path}`, condition.test);
    case 'text':
      return {
        $or: searchedFields(context.stream).map((path) =>
          fieldFilter(`${context.prefix ?? ''}${path}`, condition.test),
        ),
      };
    case 'indicator':
      return indicatorFilter(condition, context);
  }
}

/** The fields of a stream that a word is looked for in. */
export function searchedFields(stream: StreamName): readonly string[] {
  const { indicators, textFields } = definitionOf(stream);
  return [...textFields, ...Object.keys(indicators)];
}

function indicatorFilter(condition: IndicatorCondition, context: FilterContext): Document {
  const path = `${context.prefix ?? ''}${INDICATORS_KEY}`;
  const carries = carriesFilter(condition, path);
  return context.hasIndicators ? carries : { $or: [carries, filterOf(condition.otherwise, context)] };
}

function carriesFilter({ keys, between }: IndicatorCondition, path: string): Document {
  const one = keysFilter(keys, path);
  if (between === undefined) return one;
  // Without $elemMatch, the two ends may hold for two different indicators.
  return { $and: [one, { [path]: { $elemMatch: { $gte: between.from, $lte: between.to } } }] };
}

export function keysFilter(keys: readonly string[], path: string = INDICATORS_KEY): Document {
  return keys.length === 1 ? { [path]: keys[0] } : { [path]: { $in: [...keys] } };
}

/** As JavaScript writes numbers, too. */
const NUMBER = /^-?\d{1,22}(?:\.\d{1,22})?(?:e[+-]?\d{1,3})?$/i;

function fieldFilter(path: string, test: FieldTest): Document {
  switch (test.by) {
    case 'exists':
      return { [path]: { $exists: true, $ne: null } };
    case 'pattern':
      return matches(path, partsPattern(test.parts, test.boundary));
    case 'network':
      return matches(path, addressPattern(test.bytes, test.bits));
    case 'range':
      return rangeFilter(path, test);
    case 'words': {
      const inText = matches(path, wordsPattern(test.text, test.boundary));
      if (NUMBER.test(test.text)) return { $or: [inText, { [path]: Number(test.text) }] };
      const flag = { true: true, false: false }[test.text.toLowerCase()];
      return flag === undefined ? inText : { $or: [inText, { [path]: flag }] };
    }
  }
}

function matches(path: string, pattern: string): Document {
  return { [path]: { $regex: pattern, $options: 'i' } };
}

function rangeFilter(path: string, test: RangeTest): Document {
  const { min, max } = test;
  if (typeof (min ?? max)?.value === 'number') return numberFilter(path, test);
  const ends = {
    ...(min && { [min.isIncluded ? '$gte' : '$gt']: min.value }),
    ...(max && { [max.isIncluded ? '$lte' : '$lt']: max.value }),
  };
  // Of a list, both ends have to hold for the same entry.
  return {
    $or: [{ $and: [{ [path]: ends }, { [path]: { $not: { $type: 'array' } } }] }, { [path]: { $elemMatch: ends } }],
  };
}

/** Mimecast writes many numbers as text. */
function numberFilter(path: string, { min, max }: RangeTest): Document {
  const number = { $convert: { input: `$${path}`, to: 'double', onError: null, onNull: null } };
  const ends = [
    { $ne: ['$$number', null] },
    ...(min ? [{ [min.isIncluded ? '$gte' : '$gt']: ['$$number', min.value] }] : []),
    ...(max ? [{ [max.isIncluded ? '$lte' : '$lt']: ['$$number', max.value] }] : []),
  ];
  return { $expr: { $let: { vars: { number }, in: { $and: ends } } } };
}
