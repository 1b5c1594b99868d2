/** How large a query may be, so that reading it takes milliseconds. Longer lists of indicators have a search of their own. */

export const MAX_QUERY_LENGTH = 10_000;
/** Brackets within brackets. */
export const MAX_DEPTH = 30;
/** Words, phrases and ranges. */
export const MAX_TERMS = 200;
/** `*` and `?` of one term. */
export const MAX_WILDCARDS = 10;
