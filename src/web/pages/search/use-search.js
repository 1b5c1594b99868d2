/** Runs a search in short steps, so that what has been found so far is there when somebody stops it or time is up. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { messageOf, send } from '../../lib/api.js';

/**
 * @typedef {object} SearchBody
 * @property {string} query
 * @property {readonly string[]} [collections]
 * @property {readonly number[]} [sourceIds]
 * @property {string} [from]
 * @property {string} [to]
 *
 * @typedef {object} Results
 * @property {SearchBody} body what was searched for
 * @property {readonly import('../../lib/record.js').FoundRecord[]} records
 * @property {'running' | 'more' | 'all' | 'late' | 'stopped' | 'failed'} phase `more`: a page is full; `late`: time was up
 * @property {Results['records']} [before] of the search before: shown until the first record of this one is there
 * @property {string} [next] where to go on
 * @property {string} [searchedTo] everything back to this time was searched
 * @property {string} [error]
 */

const PAGE = 100;
/** More rows make a browser slow. */
export const MOST_SHOWN = 2_000;
/** In milliseconds, of one run. */
export const RUN_MS = 15_000;
const FIRST_STEP_MS = 1_500;
const LONGEST_STEP_MS = 10_000;

/**
 * @returns {{ results: Results | undefined, start: (body: SearchBody) => void, goOn: () => void, stop: () => void }}
 */
export function useSearch() {
  const [results, setResults] = useState(/** @type {Results | undefined} */ (undefined));
  const running = useRef(/** @type {AbortController | undefined} */ (undefined));
  const latest = useRef(results);
  const change = useCallback((/** @type {Results} */ changed) => {
    latest.current = changed;
    setResults(changed);
  }, []);

  const run = useCallback(async (/** @type {Results} */ before) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    /** @type {Results} */
    let now = { ...before, phase: 'running', error: undefined };
    change(now);
    const end = performance.now() + RUN_MS;
    const wanted = before.records.length + PAGE;
    let stepMs = FIRST_STEP_MS;
    try {
      while (now.phase === 'running') {
        const { signal } = controller;
        const limit = wanted - now.records.length;
        const asked = { ...now.body, limit, timeoutMs: stepMs, ...(now.next && { token: now.next }) };
        const page = await send('POST', '/search', asked, { signal });
        if (signal.aborted) return;
        if (page.next === now.next) stepMs = Math.min(LONGEST_STEP_MS, stepMs * 2);
        now = {
          ...now,
          records: [...now.records, ...page.data],
          next: page.next,
          searchedTo: page.searchedTo ?? now.searchedTo,
        };
        now.phase = phaseOf(page, now.records.length >= wanted, performance.now() >= end);
        if (now.records.length > 0 || now.phase !== 'running') now.before = undefined;
        change(now);
      }
    } catch (error) {
      if (!controller.signal.aborted) change({ ...now, phase: 'failed', before: undefined, error: messageOf(error) });
    }
  }, []);

  const start = useCallback((/** @type {SearchBody} */ body) => {
    const { records = [], before = records } = latest.current ?? {};
    void run({ body, records: [], before: records.length > 0 ? records : before, phase: 'running' });
  }, []);
  const goOn = useCallback(() => latest.current && void run(latest.current), []);
  const stop = useCallback(() => {
    running.current?.abort();
    if (latest.current?.phase === 'running') change({ ...latest.current, before: undefined, phase: 'stopped' });
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  return { results, start, goOn, stop };
}

/**
 * @param {{ complete: boolean, next?: string }} page
 * @param {boolean} isFull
 * @param {boolean} isLate
 * @returns {Results['phase']}
 */
function phaseOf({ complete, next }, isFull, isLate) {
  if (complete && next === undefined) return 'all';
  if (complete || isFull) return 'more';
  return isLate ? 'late' : 'running';
}
