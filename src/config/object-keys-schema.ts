/** The keys that say which objects of a bucket are read. What they may not be together is judged by `keyMistakesOf`. */

import { z } from 'zod';
import { datedPrefixMistake } from '../domain/streams/dated-prefix.js';
import { STREAMS } from '../domain/streams/streams.js';
import { keyPatternMistake } from '../rules/key-patterns.js';
import { WHOLE_BUCKET } from './prefixes.js';
import { key, optional, quoted, unlessEmpty } from './schema-parts.js';

/** The beginning of keys; `WHOLE_BUCKET` for none. */
const plainPrefix = z
  .string()
  .max(1024, 'must have at most 1024 characters')
  .regex(/\S/, 'must not be empty')
  .refine((value) => value === WHOLE_BUCKET || !value.startsWith('/'), {
    error: 'must not begin with "/", as the keys of objects do not',
  });

/** One that parts of a date may stand in. */
const datedPrefix = plainPrefix.superRefine((value, context) => {
  const mistake = datedPrefixMistake(value);
  if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
});

/** One below which is written: there, days have folders of their own anyway. */
export const writtenPrefix = plainPrefix.regex(/^[^{}]*$/, {
  error: 'must not have { or }: each day has a folder of its own below it',
});

const keyPattern = z
  .string()
  .max(1024, 'must have at most 1024 characters')
  .superRefine((value, context) => {
    const mistake = keyPatternMistake(value);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });

const MAX_PATTERNS = 100;

const keyPatterns = z
  .union([keyPattern.transform((one) => [one]), z.array(keyPattern).max(MAX_PATTERNS)], {
    error: ({ input }) =>
      (typeof input === 'string' ? keyPatternMistake(input) : undefined) ??
      `must be a pattern such as "**/*.gz", or a list of at most ${MAX_PATTERNS}`,
  })
  // Forms have an empty line at the end.
  .transform((list) => [...new Set(list.filter((each) => each.trim() !== ''))]);

const PATTERN_SIGNS =
  '`*` stands for any signs but `/`, `**` for any, `**/` also for no folder, `?` for one, `[a-z]` and `[!a-z]` for one of a kind, `{a,b}` for one of several; `\\` takes the next sign as it is. A pattern without `/` is one for names in whatever folder.';

const firstDay = z.string().refine(isDay, { error: 'must be a day such as "2026-06-01"' });

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
}

export const OBJECT_KEYS = {
  prefix: key(optional(datedPrefix, undefined), {
    description: `One prefix for all records, which are told apart by \`type\`, \`eventType\` or \`Logtype\`, or by their keys; \`${WHOLE_BUCKET}\` stands for the whole bucket. Parts of a date may stand in it, as in \`prefixes\`. Each object is read once for each stream of the source.`,
    form: 'beginning of the keys of objects',
    examples: ['mimecast/'],
  }),
  prefixes: key(optional(z.partialRecord(z.enum(STREAMS), datedPrefix), undefined).transform(unlessEmpty), {
    description: `The prefix of each stream. One that is not named has its own name with \`_\` for each space: \`receipt/\`, \`url_protect/\`. Parts of a date may stand in it, as \`{yyyy}\`, \`{MM}\`, \`{dd}\` and \`{HH}\`, or in Firehose’s form \`!{timestamp:yyyy/MM/dd/}\`: then only keys with such dates are read, and between two comparisons of everything only the last days of a large bucket are listed. Streams: ${quoted(STREAMS)}.`,
    form: 'object of streams with the beginning of the keys of their objects',
    examples: [{ receipt: 'logs/receipt/', av: 'logs/av/' }, { receipt: 'logs/receipt/{yyyy}/{MM}/{dd}/' }],
  }),
  firstDay: key(optional(firstDay, undefined), {
    description:
      'With parts of a date in the prefixes: the first day that is collected, from which the bucket is listed day by day. Without it, all days are. Where a prefix has no day, the whole month or year counts.',
    form: 'day as `YYYY-MM-DD`',
    examples: ['2026-06-01'],
  }),
  include: key(optional(keyPatterns, undefined).transform(unlessEmpty), {
    description: `Patterns of keys; with them, only objects are read whose whole key matches one. ${PATTERN_SIGNS}`,
    form: `one or a list of at most ${MAX_PATTERNS} patterns`,
    examples: [['*.json.gz', 'logs/receipt/**'], '**/*.gz'],
  }),
  exclude: key(optional(keyPatterns, undefined).transform(unlessEmpty), {
    description:
      'Patterns of keys of objects that are not read, whatever `include` says. Both may be changed at any time: what is read from then on includes older objects.',
    form: `one or a list of at most ${MAX_PATTERNS} patterns`,
    examples: [['**/tmp/**', '*.bak'], '*_SUCCESS'],
  }),
};
