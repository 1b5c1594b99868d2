/** The keys of a processing rule. Its pattern, and what rules of one source may not share, is judged by `ruleMistakes`. */

import { z } from 'zod';
import { present } from '../domain/present.js';
import { DEFAULT_MASK, FILTER_TYPES, MAX_RULE_NAME, MAX_RULES } from '../rules/filter.js';
import { MAX_PATTERN } from '../rules/pattern.js';
import { key, optional, quoted, tooLong } from './schema-parts.js';

const filterType = z.enum(FILTER_TYPES, {
  error: ({ input }) =>
    `must be one of: ${FILTER_TYPES.join(', ')}${input === 'Forward' ? '; Forward rules are only for installed collectors, which have sinks to forward to' : ''}`,
});

/** Counted as people count characters. */
const isShortEnough = (name: string) => [...name].length <= MAX_RULE_NAME;

export const ruleSchema = z.strictObject({
  filterType: key(filterType, {
    description:
      'What the rule does. `Include` and `Exclude` have to match the whole JSON text of a record; `Mask` and `Hash` replace what their capture groups match.',
    form: `one of ${quoted(FILTER_TYPES)}`,
    examples: ['Mask'],
  }),
  name: key(
    z
      .string()
      .min(1, 'must not be empty')
      .refine(isShortEnough, { error: tooLong(MAX_RULE_NAME) }),
    {
      description: 'Name of the rule, unique in its source.',
      form: `text, at most ${MAX_RULE_NAME} characters`,
      examples: ['senders'],
      maxLength: MAX_RULE_NAME,
    },
  ),
  regexp: key(z.string().min(1, 'must be a regular expression'), {
    description:
      'What it matches: the JSON of a record as received (`"\\u003cme\\u003e"`), or as people write it (`"<me>"`). A `Mask` or `Hash` needs a capture group.',
    form: `regular expression in RE2 syntax, at most ${MAX_PATTERN.toLocaleString('en')} characters`,
    examples: ['"senderEnvelope":"([^"]+)"'],
    maxLength: MAX_PATTERN,
  }),
  mask: key(optional(z.string(), undefined), {
    description: 'The text that a `Mask` puts in place of each capture group. Other rules do not use it.',
    form: 'text without a colon',
    examples: ['hidden'],
    default: DEFAULT_MASK,
  }),
});

/** No more than may be there are looked at: a longer list is refused as a whole. */
const firstRules = (list: unknown) => (Array.isArray(list) ? list.slice(0, MAX_RULES) : list);

export const rulesSchema = z.preprocess(
  firstRules,
  z.array(ruleSchema.transform(present), { error: 'must be a list of processing rules' }),
);
