/** Which sources to show, and what to do with several of them. */

import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { useKeptFocus } from '../../lib/kept-focus.js';
import { setQuery } from '../../lib/router.js';
import { ACTIONS } from './actions.js';
import { HEALTHS, isFiltered, STATES } from './view.js';

/** @param {{ view: import('./view.js').View, collectors: readonly import('./collection-data.js').Collector[] }} props */
export function Filters({ view, collectors }) {
  const change =
    (/** @type {string} */ name) => (/** @type {{ currentTarget: HTMLInputElement | HTMLSelectElement }} */ event) =>
      setQuery({ [name]: event.currentTarget.value });
  const byName = collectors.map(({ id, name }) => ({ value: String(id), label: name }));
  const plain = (/** @type {readonly string[]} */ values) => values.map((value) => ({ value, label: value }));
  return html`
    <div class="row filters" role="search">
      <label>Search <input type="search" value=${view.text} placeholder="Name, category, field" onInput=${change('q')} /></label>
      <${Choice} label="Health" value=${view.health} options=${plain(HEALTHS)} onChange=${change('health')} />
      <${Choice} label="Status" value=${view.status} options=${plain(STATES)} onChange=${change('status')} />
      <${Choice} label="Collector" value=${view.collector} options=${byName} onChange=${change('collector')} />
      ${
        isFiltered(view)
          ? html`<button type="button" onClick=${() => setQuery({ q: '', health: '', status: '', collector: '' })}>Clear filters</button>`
          : null
      }
    </div>
  `;
}

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {readonly { value: string, label: string }[]} props.options
 * @param {(event: any) => void} props.onChange
 */
function Choice({ label, value, options, onChange }) {
  return html`
    <label>
      ${label}
      <select value=${value} onChange=${onChange}>
        <option value="">All</option>
        ${options.map((option) => html`<option key=${option.value} value=${option.value}>${option.label}</option>`)}
      </select>
    </label>
  `;
}

const FOR_SEVERAL = /** @type {const} */ (['restart', 'collectNow', 'stop', 'start', 'remove']);

/**
 * @param {object} props
 * @param {readonly import('./collection-data.js').ShownSource[]} props.chosen
 * @param {readonly import('./collection-data.js').ShownSource[]} props.failing
 * @param {(action: import('./actions.js').Action, targets: readonly import('./collection-data.js').ShownSource[]) => void} props.onAct
 * @param {() => void} props.onClear
 */
export function BulkActions({ chosen, failing, onAct, onClear }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useKeptFocus(box);
  return html`
    <div class="row" ref=${box} role="group" aria-label="Bulk actions" tabindex="-1">
      <button
        type="button"
        aria-disabled=${failing.length === 0}
        onClick=${() => failing.length > 0 && onAct(ACTIONS.restart, failing)}
      >
        Restart all in Error${failing.length === 0 ? '' : ` (${failing.length})`}
      </button>
      <span role="status">${chosen.length === 0 ? '' : `${chosen.length} selected`}</span>
      ${
        chosen.length === 0
          ? null
          : html`
              ${FOR_SEVERAL.map((name) => {
                const action = ACTIONS[name];
                return html`
                  <button
                    type="button"
                    key=${name}
                    class=${action.isDangerous ? 'danger' : ''}
                    aria-label=${`${action.label} the selected sources`}
                    onClick=${() => onAct(action, chosen)}
                  >
                    ${action.label}
                  </button>
                `;
              })}
              <button type="button" class="quiet" onClick=${onClear}>Clear selection</button>
            `
      }
    </div>
  `;
}
