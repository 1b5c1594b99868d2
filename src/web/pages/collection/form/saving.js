/** Saves what a dialog holds: mistakes come back to their fields, and a change by somebody else is told, not overwritten. */

import { useState } from 'preact/hooks';
import { ApiError, call } from '../../../lib/api.js';
import { mistakesIn } from './mistakes.js';

/**
 * @typedef {object} Stored what was read, and by which tag the server knows it
 * @property {any} body
 * @property {string} etag
 */

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<Stored>} */
export async function readTagged(path, signal) {
  const response = await call('GET', path, signal === undefined ? {} : { signal });
  return { body: await response.json(), etag: response.headers.get('etag') ?? '' };
}

const UNREADABLE = 'Somebody else has changed this, and their version cannot be read now. Save again.';

/**
 * @param {object} options
 * @param {string} options.path of what is saved; for something new, of the list that it comes into
 * @param {Stored | undefined} options.stored absent for something new
 */
export function useSaving({ path, stored }) {
  const [known, setKnown] = useState(stored);
  const [conflict, setConflict] = useState(/** @type {Stored | undefined} */ (undefined));
  const [mistakes, setMistakes] = useState(/** @type {readonly string[]} */ ([]));
  const [isBusy, setBusy] = useState(false);
  /**
   * @param {unknown} body
   * @param {{ addsMissing?: boolean, over?: Stored }} [how] `over`: the version that it may replace; default the known one
   * @returns {Promise<any>} what the server made of it; nothing when it refused
   */
  const save = async (body, { addsMissing = false, over = known } = {}) => {
    setBusy(true);
    const query = addsMissing ? '?autoAddFields=true' : '';
    try {
      const method = over === undefined ? 'POST' : 'PUT';
      const headers = /** @type {Record<string, string>} */ (over === undefined ? {} : { 'if-match': over.etag });
      const saved = await (await call(method, path + query, { body, headers })).json();
      setMistakes([]);
      return saved;
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        const theirs = await readTagged(path).catch(() => undefined);
        setConflict(theirs);
        setMistakes(theirs === undefined ? [UNREADABLE] : []);
      } else setMistakes(mistakesIn(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  /** From now on this is the version that is changed. @param {Stored} theirs */
  const accept = (theirs) => {
    setKnown(theirs);
    setConflict(undefined);
  };
  return { save, accept, conflict, known, mistakes, setMistakes, isBusy };
}
