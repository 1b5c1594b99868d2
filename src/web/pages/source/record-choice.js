/** Which records a form asks for: a range of local times, and streams. */

import { isoOf } from '../../lib/time-range.js';

/**
 * @param {FormData} given with `from`, `to` and `streams`
 * @param {readonly string[]} streams that could be chosen
 * @returns {{ from?: string, to?: string, streams?: string[] }} as the API takes it; without what was left empty, and without streams
 *   when all are chosen
 */
export function chosenRecords(given, streams) {
  const chosen = given.getAll('streams').map(String);
  const times = ['from', 'to'].flatMap((name) => {
    const text = String(given.get(name) ?? '').trim();
    return text === '' ? [] : [[name, isoOf(new Date(text).getTime())]];
  });
  return { ...Object.fromEntries(times), ...(chosen.length === streams.length ? {} : { streams: chosen }) };
}
