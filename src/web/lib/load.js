/** Loads what a page shows, and loads it again when asked to or when something has changed. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from './api.js';
import { session } from './session.js';

/**
 * @template T
 * @typedef {object} Loaded
 * @property {T | undefined} data the last that was loaded; it stays while a later attempt fails
 * @property {string | undefined} error why the last attempt failed
 * @property {boolean} isLoading
 * @property {() => Promise<void>} reload
 */

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {readonly unknown[]} changes loads again when one of these changes, and after signing in again
 * @param {object} [options]
 * @param {number} [options.everyMs] and at least so often, while the page is visible
 * @param {boolean} [options.isPaused] breaks off what is being loaded, and loads nothing by itself until it is false again
 * @returns {Loaded<T>}
 */
export function useLoaded(load, changes, { everyMs, isPaused = false } = {}) {
  const [state, setState] = useState(/** @type {Omit<Loaded<T>, 'reload'>} */ ({ ...NOTHING, isLoading: true }));
  const running = useRef(/** @type {AbortController | undefined} */ (undefined));
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(async () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState((before) => ({ ...before, isLoading: true }));
    try {
      const data = await latest.current(controller.signal);
      if (!controller.signal.aborted) setState({ data, error: undefined, isLoading: false });
    } catch (error) {
      if (!controller.signal.aborted) setState(({ data }) => ({ data, error: messageOf(error), isLoading: false }));
    } finally {
      if (running.current === controller) running.current = undefined;
    }
  }, []);
  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [...changes, session.value?.csrfToken]);
  useEffect(() => {
    if (everyMs === undefined || isPaused) return undefined;
    // What takes longer than that must still have its answer.
    const timer = setInterval(() => {
      if (!document.hidden && running.current === undefined) void reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isPaused]);
  useLayoutEffect(() => {
    if (isPaused) running.current?.abort();
  }, [isPaused]);
  return { ...state, reload };
}

const NOTHING = { data: undefined, error: undefined };
