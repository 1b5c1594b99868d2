/** A few numbers as bars, for one look; screen readers hear the numbers. */

import { html } from 'htm/preact';
import { count } from '../lib/format.js';

const BAR = 6;
const HEIGHT = 20;

/**
 * @param {object} props
 * @param {readonly number[]} props.values
 * @param {string} props.label what they are
 */
export function Sparkline({ values, label }) {
  const most = Math.max(1, ...values);
  return html`
    <svg
      class="sparkline"
      role="img"
      aria-label=${`${label}: ${values.map(count).join(', ')}`}
      width=${values.length * BAR}
      height=${HEIGHT}
      viewBox=${`0 0 ${values.length * BAR} ${HEIGHT}`}
    >
      ${values.map((value, at) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT);
        return html`<rect key=${at} x=${at * BAR} y=${HEIGHT - height} width=${BAR - 1} height=${height} />`;
      })}
    </svg>
  `;
}
