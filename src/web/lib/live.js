/** The states of all sources as they change, by server-sent events, while a page shows them. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { checkSession, hasExpired } from './session.js';

/**
 * @typedef {object} LiveState
 * @property {number} id
 * @property {string} name
 * @property {string} state
 * @property {string} health
 * @property {string} [errorType]
 * @property {string} [errorCode]
 */

/** By the ids of the sources. */
export const liveStates = signal(/** @type {ReadonlyMap<number, LiveState>} */ (new Map()));

/** Counts all changes: whoever shows more of a source than its state looks at it again. */
export const changes = signal(0);

/** Whether changes arrive at once. */
export const isLive = signal(false);

/** Whether they have not for a while, although a page wants them. */
export const isInterrupted = signal(false);

const TOLD_AFTER_MS = 5_000;
const AGAIN_AFTER_MS = 3_000;

let users = 0;
/** @type {EventSource | undefined} */
let stream;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let listeningAgain;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let telling;

/** To be called by each page that shows states. */
export function useLiveStates() {
  useEffect(() => {
    users += 1;
    if (users === 1) update();
    return () => {
      users -= 1;
      if (users === 0) update();
    };
  }, []);
}

// A browser has six connections to a server for all of its tabs: one that nobody looks at needs none.
document.addEventListener('visibilitychange', update);
hasExpired.subscribe(update);

function update() {
  const isWanted = users > 0 && !document.hidden && !hasExpired.value;
  if (isWanted && stream === undefined) listen();
  if (!isWanted) hangUp();
}

function hangUp() {
  clearTimeout(listeningAgain);
  stream?.close();
  stream = undefined;
  isLive.value = false;
  clearTimeout(telling);
  telling = undefined;
  isInterrupted.value = false;
}

function listen() {
  clearTimeout(listeningAgain);
  stream?.close();
  stream = new EventSource('/api/v1/events');
  stream.addEventListener('open', () => {
    isLive.value = true;
    clearTimeout(telling);
    telling = undefined;
    isInterrupted.value = false;
  });
  stream.addEventListener('error', () => {
    isLive.value = false;
    telling ??= setTimeout(() => {
      isInterrupted.value = true;
    }, TOLD_AFTER_MS);
    // After a refusal a browser does not try again by itself, and does not tell why it was refused.
    if (stream?.readyState !== EventSource.CLOSED) return;
    listeningAgain = setTimeout(listen, AGAIN_AFTER_MS);
    void checkSession();
  });
  stream.addEventListener('states', ({ data }) => {
    /** @type {LiveState[]} */
    const all = JSON.parse(data);
    liveStates.value = new Map(all.map((state) => [state.id, state]));
    changes.value += 1;
  });
  stream.addEventListener('state', ({ data }) => {
    /** @type {LiveState} */
    const state = JSON.parse(data);
    liveStates.value = new Map(liveStates.value).set(state.id, state);
    changes.value += 1;
  });
}
