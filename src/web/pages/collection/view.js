/** Which sources are shown, and in which order: all of it is in the address. Pure. */

/** @typedef {import('./collection-data.js').ShownSource} ShownSource */
/** @typedef {import('./collection-data.js').Collector} Collector */

/** From bad to good, as one looks for them. */
const HEALTHS = ['Error', 'Warning', 'Unknown', 'Healthy'];
export const STATES = [
  ...['Error', 'Stopping', 'Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting', 'Stopped', 'Unknown'],
];
export { HEALTHS };

/** @type {Readonly<Record<string, (source: ShownSource) => string | number | undefined>>} What a column is sorted by. */
export const SORT_KEYS = {
  name: ({ name }) => name.toLowerCase(),
  health: ({ health }) => HEALTHS.indexOf(health),
  status: ({ state }) => STATES.indexOf(state.state),
  category: ({ category }) => category?.toLowerCase(),
  hour: ({ counts }) => (counts === undefined ? undefined : sum(counts)),
  last: ({ lastEventTime }) => (lastEventTime === undefined ? undefined : Date.parse(lastEventTime)),
  lag: ({ lagMs }) => lagMs,
};

/**
 * @typedef {object} View
 * @property {string} text
 * @property {string} health
 * @property {string} status
 * @property {string} collector an id
 * @property {string} sort a key of `SORT_KEYS`
 * @property {boolean} isDescending
 */

/** @param {URLSearchParams} query @returns {View} */
export function viewOf(query) {
  const sort = query.get('sort') ?? 'name';
  return {
    text: query.get('q') ?? '',
    health: query.get('health') ?? '',
    status: query.get('status') ?? '',
    collector: query.get('collector') ?? '',
    sort: sort in SORT_KEYS ? sort : 'name',
    isDescending: query.get('order') === 'desc',
  };
}

/** @param {View} view */
export function isFiltered({ text, health, status, collector }) {
  return [text, health, status, collector].some((each) => each !== '');
}

/** @typedef {{ collector: Collector, sources: ShownSource[], total: number }} Group */

/**
 * The collectors with those of their sources that are wanted, each group in order and the groups by their first sources.
 * Collectors without any are there unless something is filtered.
 *
 * @param {readonly ShownSource[]} sources
 * @param {readonly Collector[]} collectors
 * @param {View} view
 * @returns {Group[]}
 */
export function groupsOf(sources, collectors, view) {
  const compare = comparing(view);
  const groups = collectors.map((collector) => {
    const own = sources.filter(({ collectorId }) => collectorId === collector.id);
    const wanted = own.filter((source) => isWanted(source, collector, view)).sort(compare);
    return { collector, sources: wanted, total: own.length };
  });
  return groups
    .filter(({ sources: shown }) => shown.length > 0 || !isFiltered(view))
    .sort((a, b) => {
      const [first, second] = [a.sources[0], b.sources[0]];
      const byName = a.collector.name.localeCompare(b.collector.name);
      if (view.sort === 'name') return view.isDescending ? -byName : byName;
      if (first === undefined || second === undefined)
        return Number(first === undefined) - Number(second === undefined);
      return compare(first, second) || byName;
    });
}

/** @param {ShownSource} source @param {Collector} collector @param {View} view */
function isWanted(source, collector, { text, health, status, collector: wanted }) {
  if (health !== '' && source.health !== health) return false;
  if (status !== '' && source.state.state !== status) return false;
  if (wanted !== '' && String(source.collectorId) !== wanted) return false;
  const fields = Object.entries(source.fields).map(([name, value]) => `${name}=${value}`);
  const all = [source.name, String(source.id), source.category ?? '', collector.name, ...fields]
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** What has no value comes last either way. @param {View} view @returns {(a: ShownSource, b: ShownSource) => number} */
function comparing({ sort, isDescending }) {
  const keyOf = SORT_KEYS[sort] ?? (() => undefined);
  return (a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    if (first === undefined || second === undefined)
      return Number(first === undefined) - Number(second === undefined) || a.id - b.id;
    const order = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return (isDescending ? -order : order) || a.id - b.id;
  };
}

/** @param {readonly number[]} numbers */
export function sum(numbers) {
  return numbers.reduce((all, each) => all + each, 0);
}
