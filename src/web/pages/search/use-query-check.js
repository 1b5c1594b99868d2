/** Asks beforehand whether a query can be understood, and whether it has to look at every record. */

import { useEffect, useState } from 'preact/hooks';
import { ApiError, send } from '../../lib/api.js';

/**
 * @typedef {object} QueryCheck
 * @property {string} [error] of the query, with its position
 * @property {boolean} [isScan]
 */

const PAUSE_MS = 250;

/** @param {string} query @param {readonly string[]} collections @returns {QueryCheck} */
export function useQueryCheck(query, collections) {
  const [check, setCheck] = useState(/** @type {QueryCheck} */ ({}));
  const key = JSON.stringify([query, collections]);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(async () => {
      const checked = await checkOf(query, collections, signal);
      if (!signal.aborted) setCheck(checked);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key]);
  return check;
}

/** @param {string} query @param {readonly string[]} collections @param {AbortSignal} signal @returns {Promise<QueryCheck>} */
async function checkOf(query, collections, signal) {
  try {
    const body = { query, ...(collections.length > 0 && { collections }) };
    const { plan } = await send('POST', '/search/plan', body, { signal });
    return { isScan: plan === 'scan' };
  } catch (error) {
    // Everything else is told by the search itself.
    return error instanceof ApiError && error.status === 400 ? { error: error.message } : {};
  }
}
