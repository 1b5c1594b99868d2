/** Asks beforehand whether a query can be understood, and whether it has to look at every record. */

import { useEffect, useState } from 'preact/hooks';
import { ApiError, send } from '../../lib/api.js';
import { bodyOf } from './search-state.js';

/**
 * @typedef {object} QueryCheck
 * @property {string} [error] of the query, with its position
 * @property {'noIndex' | 'fillIn'} [scanReason] why every record has to be looked at, if it has to
 * @property {readonly string[]} [mayMiss] streams with records that hold more than is indexed
 */

const PAUSE_MS = 250;

/** @param {import('./search-state.js').SearchState} state @returns {QueryCheck} */
export function useQueryCheck({ query, collections, sources, range }) {
  const [check, setCheck] = useState(/** @type {QueryCheck} */ ({}));
  const key = JSON.stringify([query, collections, sources, range]);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(async () => {
      const checked = await checkOf(bodyOf({ query, collections, sources, range, columns: [] }, Date.now()), signal);
      if (!signal.aborted) setCheck(checked);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key]);
  return check;
}

/** @param {import('./use-search.js').SearchBody} body @param {AbortSignal} signal @returns {Promise<QueryCheck>} */
async function checkOf(body, signal) {
  try {
    const { reason, mayMiss } = await send('POST', '/search/plan', body, { signal });
    return { scanReason: reason, mayMiss };
  } catch (error) {
    // Everything else is told by the search itself.
    return error instanceof ApiError && error.status === 400 ? { error: error.message } : {};
  }
}
