/** The states of all sources as they change, by server-sent events, while a page shows them. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

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

let users = 0;
/** @type {EventSource | undefined} */
let stream;

/** To be called by each page that shows states. */
export function useLiveStates() {
  useEffect(() => {
    users += 1;
    if (users === 1) listen();
    return () => {
      users -= 1;
      if (users > 0) return;
      stream?.close();
      stream = undefined;
      isLive.value = false;
    };
  }, []);
}

function listen() {
  stream = new EventSource('/api/v1/events');
  stream.addEventListener('open', () => {
    isLive.value = true;
  });
  stream.addEventListener('error', () => {
    isLive.value = false;
    // After a refusal a browser does not try again by itself.
    if (stream?.readyState === EventSource.CLOSED) setTimeout(() => users > 0 && listen(), 3_000);
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
