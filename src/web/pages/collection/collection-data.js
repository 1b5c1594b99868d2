/** What the Collection page shows, kept up to date: loaded now and then, and at once when a state has changed. */

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { get } from '../../lib/api.js';
import { changes, isLive, liveStates, useLiveStates } from '../../lib/live.js';
import { useLoaded } from '../../lib/load.js';

/**
 * @typedef {object} State
 * @property {string} state
 * @property {string} [errorType]
 * @property {string} [errorCode]
 * @property {string} [errorInfo]
 * @property {string} [errorAdvice]
 */

/**
 * @typedef {object} Source a line of `GET /sources`
 * @property {number} id
 * @property {string} name
 * @property {number} collectorId
 * @property {string} collectorName
 * @property {string} workflowId
 * @property {State} state
 * @property {string} health
 * @property {string} [lastEventTime]
 * @property {string} [category]
 * @property {Record<string, unknown>} fields
 * @property {{ type: string }} schemaRef
 */

/**
 * @typedef {object} Collector
 * @property {number} id
 * @property {string} name
 * @property {string} [description]
 * @property {string} [category]
 * @property {Record<string, string>} fields
 * @property {string} timeZone
 */

/** @typedef {{ id: number, counts: number[], lagMs?: number }} Activity */
/** @typedef {Source & Partial<Pick<Activity, 'counts' | 'lagMs'>>} ShownSource */

/** Changes that come together are one reason to look again. */
const SETTLE_MS = 200;

export function useCollection() {
  useLiveStates();
  const listed = useLoaded(
    async (signal) => {
      const [{ sources }, { collectors }] = await Promise.all([
        get('/sources', { signal }),
        get('/collectors', { signal }),
      ]);
      return {
        sources: /** @type {Source[]} */ (sources),
        collectors: /** @type {Collector[]} */ (collectors),
      };
    },
    [],
    { everyMs: 30_000 },
  );
  const activity = useLoaded((signal) => get('/sources/activity', { signal }), [], { everyMs: 20_000 });
  useReloadOnChanges(listed);
  const live = isLive.value ? liveStates.value : NONE;
  const sources = useMemo(() => {
    /** @type {Map<number, Activity>} */
    const activities = new Map((activity.data?.sources ?? []).map((/** @type {Activity} */ each) => [each.id, each]));
    return (listed.data?.sources ?? []).flatMap((source) => {
      const state = live.get(source.id);
      if (state?.state === 'Deleted') return [];
      return [{ ...activities.get(source.id), ...source, ...(state === undefined ? {} : stated(source, state)) }];
    });
  }, [listed.data, activity.data, live]);
  return {
    sources: listed.data === undefined ? undefined : sources,
    collectors: listed.data?.collectors ?? [],
    error: listed.error ?? activity.error,
    reload: async () => {
      await Promise.all([listed.reload(), activity.reload()]);
    },
  };
}

/** @type {ReadonlyMap<number, import('../../lib/live.js').LiveState>} */
const NONE = new Map();

/**
 * The state that is heard at once goes before the one that was loaded; words about an error are only in what was loaded.
 *
 * @param {Source} source
 * @param {import('../../lib/live.js').LiveState} live
 */
function stated(source, { state, health, errorType, errorCode }) {
  if (state === source.state.state) return { health };
  return {
    health,
    state: {
      state,
      ...(errorType === undefined ? {} : { errorType }),
      ...(errorCode === undefined ? {} : { errorCode }),
    },
  };
}

/** Never while it is being loaded: under a stream of changes it would otherwise never be there. @param {import('../../lib/load.js').Loaded<unknown>} loaded */
function useReloadOnChanges({ isLoading, reload }) {
  const seen = useRef(changes.value);
  const wanted = changes.value;
  useEffect(() => {
    if (isLoading || seen.current === wanted) return undefined;
    const timer = setTimeout(() => {
      seen.current = wanted;
      void reload();
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [wanted, isLoading]);
}
