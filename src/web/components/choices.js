/** Some of several: check boxes below a button that tells which. */

import { html } from 'htm/preact';
import { Dropdown } from './dropdown.js';

/**
 * @param {object} props
 * @param {string} props.label such as `Collections`
 * @param {readonly { name: string, label: string }[]} props.options
 * @param {readonly string[]} props.chosen names; none means all
 * @param {(chosen: string[]) => void} props.onChange
 */
export function Choices({ label, options, chosen, onChange }) {
  const names = options.filter(({ name }) => chosen.includes(name)).map((option) => option.label);
  const told = names.length === 0 ? 'all' : names.length <= 2 ? names.join(', ') : String(names.length);
  const toggle = (/** @type {string} */ name) =>
    onChange(options.map((option) => option.name).filter((each) => chosen.includes(each) !== (each === name)));
  return html`
    <${Dropdown} label=${html`<span class="foreign">${label}: ${told}</span>`}>
      <fieldset class="choices">
        <legend class="unseen">${label}</legend>
        ${options.map(
          (option) => html`
            <label class="inline" key=${option.name}>
              <input
                type="checkbox"
                checked=${chosen.includes(option.name)}
                onChange=${() => toggle(option.name)}
              />
              <span class="foreign">${option.label}</span>
            </label>
          `,
        )}
        <button type="button" disabled=${chosen.length === 0} onClick=${() => onChange([])}>All</button>
      </fieldset>
    <//>
  `;
}
