/** A time: how long ago, or the local time; its title gives both and UTC. */

import { html } from 'htm/preact';
import { now } from '../lib/clock.js';
import { ago, localTime } from '../lib/format.js';

/**
 * @param {object} props
 * @param {string | number | Date | undefined} props.at
 * @param {boolean} [props.relative] as "3 min ago"
 * @param {string} [props.none] shown when there is no time
 */
export function Time({ at, relative = false, none = '–' }) {
  if (at === undefined || Number.isNaN(new Date(at).getTime())) return html`<span class="none">${none}</span>`;
  const iso = new Date(at).toISOString();
  const text = relative ? ago(at, now.value) : localTime(at);
  return html`<time datetime=${iso} title=${`${localTime(at)} local time, ${iso}`}>${text}</time>`;
}
