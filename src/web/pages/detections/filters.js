/** Filters of detections, and their export. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Choices } from '../../components/choices.js';
import { Dropdown } from '../../components/dropdown.js';
import { ShareLink } from '../../components/share-link.js';
import { TimeRangePicker } from '../../components/time-range.js';
import { setQuery } from '../../lib/router.js';
import { rangeQuery } from '../../lib/time-range.js';
import { ACTIONS, KINDS, SEVERITIES, TEXT_FILTERS } from './detections-state.js';

const FORMATS = [
  { name: 'json', label: 'As shown' },
  { name: 'ecs', label: 'Elastic Common Schema (ECS)' },
  { name: 'ocsf', label: 'OCSF Email Activity (4009)' },
];

/**
 * @param {object} props
 * @param {import('./detections-state.js').DetectionsState} props.state
 * @param {Record<string, string>} props.exported query of the API
 */
export function Filters({ state, exported }) {
  const { range, chosen, texts, by } = state;
  const choices = (
    /** @type {keyof typeof chosen} */ name,
    /** @type {string} */ label,
    /** @type {typeof KINDS} */ options,
  ) => html`
    <${Choices}
      label=${label}
      options=${options}
      chosen=${chosen[name]}
      onChange=${(/** @type {string[]} */ names) => setQuery({ [name]: names }, { push: true })}
    />
  `;
  return html`
    <div class="row">
      <${TimeRangePicker}
        range=${range}
        onChange=${(/** @type {typeof range} */ picked) => setQuery(rangeQuery(picked), { push: true })}
      />
      ${choices('kind', 'Kind', KINDS)} ${choices('severity', 'Severity', SEVERITIES)} ${choices('action', 'Action', ACTIONS)}
      <label class="inline">
        Chart by
        <select
          value=${by}
          onChange=${(/** @type {Event} */ { currentTarget }) =>
            currentTarget instanceof HTMLSelectElement && setQuery({ by: currentTarget.value })}
        >
          <option value="severity">severity</option>
          <option value="kind">kind</option>
        </select>
      </label>
      <${Dropdown} label="Export">
        <p class="hint">All that match, newest first, one JSON object per line.</p>
        <ul class="plain-list">
          ${FORMATS.map(
            ({ name, label }) => html`
              <li key=${name}><a href=${`/api/v1/detections/export?${new URLSearchParams({ ...exported, format: name })}`} download>${label}</a></li>
            `,
          )}
        </ul>
      <//>
      <${ShareLink} from=${exported.since} to=${exported.until} />
    </div>
    <${TextFilters} texts=${texts} />
  `;
}

/** @param {{ texts: Readonly<Record<string, string>> }} props */
function TextFilters({ texts }) {
  const [typed, setTyped] = useState(texts);
  useEffect(() => setTyped(texts), [JSON.stringify(texts)]);
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    setQuery(typed, { push: true });
  };
  return html`
    <form class="row" role="search" onSubmit=${onSubmit}>
      ${TEXT_FILTERS.map(
        (name) => html`
          <label class="inline" key=${name}>
            ${name[0]?.toUpperCase()}${name.slice(1)}
            <input
              type="search"
              maxlength="1000"
              placeholder="contains"
              value=${typed[name] ?? ''}
              onInput=${(/** @type {Event} */ { currentTarget }) =>
                currentTarget instanceof HTMLInputElement && setTyped({ ...typed, [name]: currentTarget.value })}
            />
          </label>
        `,
      )}
      <button type="submit">Filter</button>
    </form>
  `;
}
