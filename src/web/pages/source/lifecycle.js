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

/** Places of the boxes' corners, and lines between them. */
const WIDE = {
  size: [790, 150],
  boxes: [
    ...WAY.map((name, index) => ({ name, x: 10 + index * 163, y: 10 })),
    { name: 'Error', x: 336, y: 98 },
    { name: 'Stopping', x: 662, y: 98 },
  ],
  arrows: [
    ...WAY.slice(1).map((_name, index) => `M${128 + index * 163} 30 h40`),
    'M395 52 v42',
    'M721 52 v42',
    'M456 118 h202',
  ],
};
const NARROW = {
  size: [300, 320],
  boxes: [
    ...WAY.map((name, index) => ({ name, x: 10, y: 10 + index * 64 })),
    { name: 'Error', x: 170, y: 74 },
    { name: 'Stopping', x: 170, y: 266 },
  ],
  arrows: [
    ...WAY.slice(1).map((_name, index) => `M69 ${52 + index * 64} v18`),
    'M130 94 h36',
    'M130 286 h36',
    'M229 116 v146',
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
