/** What the Search page shows, as its address says it. */

import { address, setQuery } from '../../lib/router.js';
import { rangeIn, rangeQuery } from '../../lib/time-range.js';

/**
 * @typedef {object} SearchState
 * @property {string} query
 * @property {readonly string[]} collections names of streams; none means all
 * @property {import('../../lib/time-range.js').TimeRange} range
 * @property {readonly string[]} columns paths of fields; none means a line that tells a record apart
 */

export const DEFAULT_RANGE = '24h';

/** @returns {SearchState} */
export function searchState() {
  const { query } = address.value;
  return {
    query: query.get('q') ?? '',
    collections: query.getAll('in'),
    range: rangeIn(query, DEFAULT_RANGE),
    columns: query.getAll('column'),
  };
}

/** @param {Partial<SearchState>} changes @param {{ push?: boolean }} [options] */
export function changeSearch({ query, collections, range, columns }, options) {
  setQuery(
    {
      ...(query === undefined ? {} : { q: query }),
      ...(collections === undefined ? {} : { in: collections }),
      ...(range === undefined ? {} : rangeQuery(range)),
      ...(columns === undefined ? {} : { column: columns }),
    },
    options,
  );
}
