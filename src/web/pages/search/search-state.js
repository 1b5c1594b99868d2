/** What the Search page shows, as its address says it. */

import { address, setQuery } from '../../lib/router.js';
import { limitsOf, rangeIn, rangeQuery } from '../../lib/time-range.js';

/**
 * @typedef {object} SearchState
 * @property {string} query
 * @property {readonly string[]} collections names of streams; none means all
 * @property {readonly string[]} sources ids; none means all
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
    sources: query.getAll('source').filter((id) => /^[1-9]\d{0,14}$/.test(id)),
    range: rangeIn(query, DEFAULT_RANGE),
    columns: query.getAll('column'),
  };
}

/**
 * @param {SearchState} state
 * @param {number} now epoch milliseconds
 * @returns {import('./use-search.js').SearchBody} what the API takes
 */
export function bodyOf({ query, collections, sources, range }, now) {
  return {
    query,
    ...(collections.length > 0 && { collections }),
    ...(sources.length > 0 && { sourceIds: sources.map(Number) }),
    ...limitsOf(range, now),
  };
}

/** @param {Partial<SearchState>} changes @param {{ push?: boolean }} [options] */
export function changeSearch({ query, collections, sources, range, columns }, options) {
  setQuery(
    {
      ...(query === undefined ? {} : { q: query }),
      ...(collections === undefined ? {} : { in: collections }),
      ...(sources === undefined ? {} : { source: sources }),
      ...(range === undefined ? {} : rangeQuery(range)),
      ...(columns === undefined ? {} : { column: columns }),
    },
    options,
  );
}
