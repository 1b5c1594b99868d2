/** The answer to a long list, as it grows: the first part of the list is searched first, so that its hits are there at once. */

import { send } from '../../lib/api.js';

/** @typedef {import('./findings.js').IocAnswer} IocAnswer */

/** Indicators of the first request. Each further one has twice as many as the one before, since each sends the whole list. */
const FIRST = 200;

/**
 * @param {object} body of the request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<IocAnswer>} each with what those before it had
 */
export async function* answers(body, signal) {
  /** @type {IocAnswer | undefined} */
  let all;
  for (let limit = FIRST; all === undefined || all.searched < all.indicators; limit *= 2) {
    const skip = all?.searched ?? 0;
    /** @type {IocAnswer} */
    const part = await send('POST', '/iocSearch', { ...body, skip, limit: Math.min(limit, MOST) }, { signal });
    // A list that is shorter all of a sudden would never be searched to its end.
    if (all !== undefined && part.searched === 0) throw new Error('The server searched nothing more of the list.');
    all = all === undefined ? part : joined(all, part);
    yield all;
  }
}

/** As many as a list may have. */
const MOST = 10_000;

/** @param {IocAnswer} before @param {IocAnswer} part @returns {IocAnswer} */
function joined(before, part) {
  /** @type {Map<string, number>} */
  const unsearched = new Map();
  for (const { collection, indicators } of [...before.unsearched, ...part.unsearched])
    unsearched.set(collection, (unsearched.get(collection) ?? 0) + indicators);
  return {
    ...part,
    searched: before.searched + part.searched,
    findings: [...before.findings, ...part.findings],
    isComplete: before.isComplete && part.isComplete,
    unsearched: [...unsearched].map(([collection, indicators]) => ({ collection, indicators })),
  };
}
