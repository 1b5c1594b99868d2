/** What the prefixes and patterns of keys may not be together. All of it is told at once. */

import { isObject, type JsonObject } from '../domain/json.js';
import { DatedPrefix, datedPrefixMistake } from '../domain/streams/dated-prefix.js';
import type { StreamName } from '../domain/streams/streams.js';
import { KeyPatterns, keyPatternMistake, literalHead } from '../rules/key-patterns.js';
import { isAbsent } from './bucket-mistakes.js';
import type { Mistake } from './mistakes.js';
import { readPrefixesOf } from './prefixes.js';

/** @param streams that the configuration asks for, as far as that can be told. @returns each with its path inside of `config`. */
export function keyMistakesOf(streams: readonly StreamName[], s3: JsonObject): Mistake[] {
  if (!isAbsent(s3.prefix) && !isAbsent(s3.prefixes)) {
    return [{ path: ['s3', 'prefixes'], message: 'cannot be given together with "prefix"' }];
  }
  const all = prefixesIn(streams, s3);
  const hasDate = [...all.values()].some(({ isDated }) => isDated);
  const noDate = { path: ['s3', 'firstDay'], message: 'needs {yyyy}, {MM} and {dd} in "prefix" or "prefixes"' };
  return [
    ...(isAbsent(s3.prefix) ? overlapMistakes(all) : []),
    ...(isAbsent(s3.firstDay) || hasDate ? [] : [noDate]),
    ...patternMistakes(all, streams.length, s3),
  ];
}

/** Those without a mistake of their own. */
function prefixesIn(streams: readonly StreamName[], { prefix, prefixes }: JsonObject): Map<StreamName, DatedPrefix> {
  const given = {
    ...(typeof prefix === 'string' && prefix !== '' ? { prefix } : {}),
    ...(isObject(prefixes) ? { prefixes } : {}),
  };
  const all = [...readPrefixesOf(streams, given)];
  return new Map(
    all.flatMap(([stream, text]) =>
      datedPrefixMistake(text) === undefined ? [[stream, new DatedPrefix(text)] as const] : [],
    ),
  );
}

function overlapMistakes(prefixes: ReadonlyMap<StreamName, DatedPrefix>): Mistake[] {
  const all = [...prefixes];
  return all.flatMap(([stream, prefix], at) => {
    // Of two, the longer one is told, or of twins the later one.
    const isTold = (other: DatedPrefix, place: number) =>
      prefix.length > other.length || (prefix.length === other.length && place < at);
    const other = all.find(([, each], place) => place !== at && prefix.overlaps(each) && isTold(each, place));
    if (other === undefined) return [];
    const message = `"${prefix.text}" of ${stream} lies in "${other[1].text}" of ${other[0]}; use "prefix" for records that lie together`;
    return [{ path: ['s3', 'prefixes', stream], message }];
  });
}

const PATTERN_KEYS = ['include', 'exclude'] as const;
/** Names of all kinds: what none of them gets past leaves nothing. */
const SOME_NAMES = ['k', 'K1.json', 'part-0001.ndjson.gz', 'folder/ä b.q9z', 'a/b/c/d'];
const SOME_DAY = new Date('2026-06-15T00:00:00Z');

function patternMistakes(prefixes: ReadonlyMap<StreamName, DatedPrefix>, count: number, s3: JsonObject): Mistake[] {
  // Of a prefix with a mistake nothing can be said.
  if (prefixes.size < count) return [];
  const [include, exclude] = PATTERN_KEYS.map((name) => patternsIn(s3[name]));
  const useless = (include ?? []).flatMap((pattern) => {
    const head = literalHead(pattern);
    if ([...prefixes.values()].some((prefix) => prefix.mayBegin(head))) return [];
    const names = [...new Set([...prefixes.values()].map(({ text }) => `"${text}"`))].join(', ');
    const path = Array.isArray(s3.include) ? ['s3', 'include', s3.include.indexOf(pattern)] : ['s3', 'include'];
    return [{ path, message: `"${pattern}" matches nothing below the prefixes of the source: ${names}` }];
  });
  if (useless.length > 0) return useless;
  const excluded = new KeyPatterns(exclude === undefined ? {} : { exclude });
  const isTakenBack = include?.every((pattern) => exclude?.includes(pattern)) === true;
  const heads = include?.map(literalHead);
  const isIncluded = (prefix: DatedPrefix) => heads?.some((head) => prefix.mayBegin(head)) !== false;
  const isLeft = (prefix: DatedPrefix) =>
    !isTakenBack && SOME_NAMES.some((name) => excluded.wants(`${prefix.ofDays(SOME_DAY, SOME_DAY)[0] ?? ''}${name}`));
  return [
    ...emptied(prefixes, isIncluded, ['include', 'matches nothing of']),
    ...emptied(prefixes, isLeft, ['exclude', 'excludes everything of']),
  ];
}

/** Streams that would never have an object, in one mistake. */
function emptied(
  prefixes: ReadonlyMap<StreamName, DatedPrefix>,
  mayHave: (prefix: DatedPrefix) => boolean,
  [name, what]: readonly [(typeof PATTERN_KEYS)[number], string],
): Mistake[] {
  const empty = [...prefixes].filter(([, prefix]) => !mayHave(prefix)).map(([stream]) => stream);
  if (empty.length === 0) return [];
  const whom = empty.length === prefixes.size ? 'the source' : empty.join(', ');
  const or = empty.length === prefixes.size ? '' : ', or leave them out of dataCollection and siemTypes';
  return [{ path: ['s3', name], message: `${what} ${whom}; correct the patterns${or}` }];
}

/** Those without a mistake of their own; `undefined` where there are none. */
function patternsIn(value: unknown): readonly string[] | undefined {
  const given = [value].flat().filter((each): each is string => typeof each === 'string' && each.trim() !== '');
  const good = given.filter((each) => keyPatternMistake(each) === undefined);
  return good.length === 0 ? undefined : good;
}
