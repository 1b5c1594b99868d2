/** The problems that were reported, as a timeline; what is shown of them stands in the address. */

import { html } from 'htm/preact';
import { Pager, pageToken } from '../../components/pager.js';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { now } from '../../lib/clock.js';
import { duration } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { address } from '../../lib/router.js';
import { HealthEventFilters } from './health-event-filters.js';
import { Section } from './section.js';

const RELOAD_MS = 10_000;
const PAGE = 'events';

/**
 * @typedef {object} HealthEvent
 * @property {string} eventId
 * @property {string} eventName
 * @property {string} eventTime
 * @property {'Error' | 'Warning'} severityLevel
 * @property {{ error: string, description: string }} details
 * @property {string} subject
 * @property {number} attempts
 * @property {number} occurrences
 * @property {string} [resolvedAt]
 */

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {readonly string[]} props.streams
 * @param {string} props.moment loads again when it changes
 */
export function HealthEvents({ path, streams, moment }) {
  const query = queryOf(address.value.query);
  /** @type {import('../../lib/load.js').Loaded<{ data: HealthEvent[], next?: string }>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/healthEvents/history?${query}`, { signal }),
    [path, query, moment],
    { everyMs: RELOAD_MS },
  );
  const isFiltered = ['state', 'stream', 'type', 'text'].some((name) => address.value.query.has(name));
  return html`
    <${Section} id="health-events" title="Health events">
      <${HealthEventFilters} streams=${streams} page=${PAGE} />
      <${Problem} error=${error} onRetry=${reload} />
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : data.data.length === 0
            ? html`<p class="muted">
                ${isFiltered ? 'No health events match the filters.' : 'No problems have been reported.'}
              </p>`
            : html`
                <ol class="timeline">
                  ${data.data.map((event) => html`<${Entry} event=${event} key=${event.eventId} />`)}
                </ol>
              `
      }
      <${Pager} name=${PAGE} label="health events" next=${data?.next} />
    <//>
  `;
}

/** @param {URLSearchParams} shown */
function queryOf(shown) {
  const query = new URLSearchParams({ limit: '20' });
  for (const [ours, theirs] of [
    ['state', 'state'],
    ['stream', 'subject'],
    ['type', 'type'],
    ['text', 'text'],
  ]) {
    const value = shown.get(ours ?? '');
    if (value !== null) query.set(theirs ?? '', value);
  }
  const token = pageToken(PAGE);
  if (token !== undefined) query.set('token', token);
  return query.toString();
}

/** @param {{ event: HealthEvent }} props */
function Entry({ event }) {
  const { eventTime, resolvedAt, severityLevel, details, subject, eventName, attempts, occurrences } = event;
  const isOpen = resolvedAt === undefined;
  const ms = (isOpen ? now.value : Date.parse(resolvedAt)) - Date.parse(eventTime);
  return html`
    <li class=${`${severityLevel.toLowerCase()} ${isOpen ? 'open' : 'ended'}`}>
      <p class="row tight">
        <${Time} at=${eventTime} />
        <strong class=${severityLevel === 'Error' ? 'bad' : 'warn'}>${severityLevel}</strong>
        <span class="badge">${isOpen ? 'open' : 'ended'}</span>
        <span class="foreign">${details.error}</span>
      </p>
      <p class="muted">
        ${eventName} in ${subject},${' '}
        ${isOpen ? `for ${duration(Math.max(ms, 1_000))} now` : html`lasted ${duration(Math.max(ms, 1_000))}, until <${Time} at=${resolvedAt} />`}${attempts > 1 ? `, ${attempts} attempts` : ''}${occurrences > 1 ? `, ${occurrences} times` : ''}
      </p>
      <details open=${isOpen}>
        <summary>What happened, and what to do</summary>
        <p class="foreign">${details.description}</p>
      </details>
    </li>
  `;
}
