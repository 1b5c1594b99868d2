/** The lifecycle as a picture with the present state lit; its twin for screen readers is a list. */

import { html } from 'htm/preact';

const WAY = ['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting'];
const BOX = { width: 118, height: 40 };

/**
 * @param {object} props
 * @param {string} props.state
 * @param {string | undefined} props.stage how far the source has come, whatever fails now
 */
export function Lifecycle({ state, stage }) {
  const reached = WAY.indexOf(WAY.includes(state) ? state : (stage ?? ''));
  const statusOf = (/** @type {string} */ name) => {
    const isPresent = name === state || (name === 'Stopping' && ['Stopped', 'Deleted'].includes(state));
    if (isPresent) return name === 'Error' ? 'present failing' : 'present';
    const index = WAY.indexOf(name);
    return index >= 0 && index <= reached ? 'reached' : 'ahead';
  };
  return html`
    <${Picture} layout=${WIDE} name="wide" statusOf=${statusOf} state=${state} />
    <${Picture} layout=${NARROW} name="narrow" statusOf=${statusOf} state=${state} />
    <ol class="unseen" aria-label="Lifecycle">
      ${[...WAY, 'Error', 'Stopping'].map((name) => {
        const status = statusOf(name);
        const isPresent = status.startsWith('present');
        return html`
          <li key=${name} aria-current=${isPresent ? 'step' : undefined}>
            ${name}${isPresent ? `: the present state${name === state ? '' : ` is ${state}`}` : status === 'reached' ? ', reached' : ''}
          </li>
        `;
      })}
    </ol>
  `;
}

/** Places of the boxes' corners; lines between them: every state on the way can lead to Error and to Stopping. */
const WIDE = {
  size: [790, 150],
  boxes: [
    ...WAY.map((name, index) => ({ name, x: 10 + index * 163, y: 10 })),
    { name: 'Error', x: 336, y: 98 },
    { name: 'Stopping', x: 662, y: 98 },
  ],
  lines: [...WAY.map((_name, index) => `M${69 + index * 163} 50 v24`), 'M69 74 h652'],
  arrows: [
    ...WAY.slice(1).map((_name, index) => `M${128 + index * 163} 30 h43`),
    ...['M395 74 v22', 'M721 74 v22', 'M454 118 h206'],
  ],
};
const NARROW = {
  size: [300, 316],
  boxes: [
    ...WAY.map((name, index) => ({ name, x: 6, y: 6 + index * 64 })),
    { name: 'Error', x: 176, y: 70 },
    { name: 'Stopping', x: 176, y: 262 },
  ],
  lines: [...WAY.map((_name, index) => `M124 ${26 + index * 64} h24`), 'M148 26 v256'],
  arrows: [
    ...WAY.slice(1).map((_name, index) => `M65 ${46 + index * 64} v22`),
    ...['M148 90 h26', 'M148 282 h26', 'M235 110 v150'],
  ],
};

/**
 * @param {object} props
 * @param {typeof WIDE} props.layout
 * @param {string} props.name
 * @param {(name: string) => string} props.statusOf
 * @param {string} props.state
 */
function Picture({ layout, name, statusOf, state }) {
  const [width, height] = layout.size;
  const tip = `lifecycle-tip-${name}`;
  return html`
    <svg class=${`lifecycle ${name}`} viewBox=${`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      <defs>
        <marker id=${tip} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0 L8 4 L0 8 z" />
        </marker>
      </defs>
      ${layout.lines.map((line) => html`<path class="way" d=${line} key=${line} />`)}
      ${layout.arrows.map((line) => html`<path class="way" d=${line} marker-end=${`url(#${tip})`} key=${line} />`)}
      ${layout.boxes.map(
        (box) => html`
          <g class=${`step ${statusOf(box.name)}`} key=${box.name}>
            <rect x=${box.x} y=${box.y} width=${BOX.width} height=${BOX.height} rx="8" />
            <text x=${box.x + BOX.width / 2} y=${box.y + BOX.height / 2 + 5} text-anchor="middle">
              ${box.name === 'Stopping' && ['Stopped', 'Deleted'].includes(state) ? state : box.name}
            </text>
          </g>
        `,
      )}
    </svg>
  `;
}
