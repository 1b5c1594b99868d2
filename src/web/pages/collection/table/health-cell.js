/** The health of a source; its tooltip lists the health events that are open. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../components/icon.js';
import { Time } from '../../../components/time.js';
import { Tooltip } from '../../../components/tooltip.js';
import { get, messageOf } from '../../../lib/api.js';
import { pathOf } from '../actions.js';
import { healthIcon } from '../states.js';

/**
 * @typedef {object} HealthEvent
 * @property {string} eventId
 * @property {string} eventTime
 * @property {string} severityLevel
 * @property {{ error: string, description: string }} details
 */

const SHOWN = 3;

/** @param {{ source: import('../collection-data.js').ShownSource }} props */
export function HealthCell({ source }) {
  const { health } = source;
  const [events, setEvents] = useState(/** @type {readonly HealthEvent[] | undefined} */ (undefined));
  const [error, setError] = useState('');
  const load = async () => {
    try {
      setEvents((await get(`${pathOf(source)}/healthEvents`)).open);
      setError('');
    } catch (problem) {
      setError(messageOf(problem));
    }
  };
  const tip = error !== '' ? error : events === undefined ? 'Loading…' : html`<${Events} events=${events} />`;
  return html`<${Tooltip} tip=${tip} onShow=${load}><${Icon} name=${healthIcon(health)} /><span class="unseen">Health: </span>${health}<//>`;
}

/** @param {{ events: readonly HealthEvent[] }} props */
function Events({ events }) {
  const count = (/** @type {string} */ severity) =>
    events.filter(({ severityLevel }) => severityLevel === severity).length;
  if (events.length === 0) return 'No open health events.';
  return html`
    <p>Open health events. Errors: ${count('Error')}, warnings: ${count('Warning')}</p>
    <dl class="issue">
      ${events.slice(0, SHOWN).map(
        ({ eventId, eventTime, severityLevel, details }) => html`
          <div key=${eventId}>
            <dt class="foreign">${severityLevel}: ${details.error}, <${Time} at=${eventTime} relative /></dt>
            <dd class="foreign">${details.description}</dd>
          </div>
        `,
      )}
    </dl>
    ${events.length > SHOWN ? html`<p>and ${events.length - SHOWN} more</p>` : null}
  `;
}
