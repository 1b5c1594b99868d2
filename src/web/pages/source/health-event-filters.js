/** What the timeline shows: open or ended, of which stream, of which type, saying what. */

import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { address, setQuery } from '../../lib/router.js';

const STEPS = ['validate', 'initialize', 'authenticate', 'sweep', 'finalize', 'workflow'];
const TYPES = ['ThirdPartyConfig', 'ThirdPartyGeneric', 'FirstPartyGeneric'];
/** Whoever types is not interrupted by an answer for each letter. */
const PAUSE_MS = 300;

/**
 * @param {object} props
 * @param {readonly string[]} props.streams
 * @param {string} props.page name of the list's page in the address, which begins again with each change
 */
export function HealthEventFilters({ streams, page }) {
  const { query } = address.value;
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (/** @type {string} */ name, /** @type {string} */ value) =>
    setQuery({ [name]: value, [page]: undefined });
  const select = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {readonly (readonly [value: string, text: string])[]} */ options,
  ) => html`
    <label>
      ${label}
      <select
        value=${query.get(name) ?? ''}
        onChange=${(/** @type {Event} */ { currentTarget }) =>
          currentTarget instanceof HTMLSelectElement && change(name, currentTarget.value)}
      >
        ${options.map(([value, text]) => html`<option value=${value} key=${value}>${text}</option>`)}
      </select>
    </label>
  `;
  const named = (/** @type {readonly string[]} */ names) => names.map((name) => /** @type {const} */ ([name, name]));
  return html`
    <div class="row" role="search" aria-label="Filter of health events">
      ${select('state', 'State', [
        ['', 'open and ended'],
        ['open', 'open'],
        ['ended', 'ended'],
      ])}
      ${select('stream', 'Stream or step', [['', 'all'], ...named(streams), ...named(STEPS)])}
      ${select('type', 'Error type', [['', 'all'], ...named(TYPES)])}
      <label>
        Text
        <input
          type="search"
          maxlength="200"
          value=${query.get('text') ?? ''}
          onInput=${(/** @type {Event} */ { currentTarget }) => {
            if (!(currentTarget instanceof HTMLInputElement)) return;
            const { value } = currentTarget;
            clearTimeout(timer.current);
            timer.current = setTimeout(() => change('text', value), PAUSE_MS);
          }}
        />
      </label>
    </div>
  `;
}
