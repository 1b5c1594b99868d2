/** The form of a source: the fields of the documentation in its order, then what is our own. */

import { html } from 'htm/preact';
import { SIEM_FORWARD } from '../field-schema.js';
import { withKey } from './config-schema.js';
import { FieldsInput } from './fields-input.js';
import { Hint } from './key-input.js';
import { AnyKeyInput } from './object-input.js';
import { RulesInput } from './rules-input.js';

const FORWARD =
  'Sets `_siemVendor`, `_siemProduct`, `_siemFormat` and `_siemEventID` on every record, as Cloud SIEM Enterprise wants them.';

const METHOD = 'collectionMethod';

/** @typedef {Record<string, any>} Config */

/**
 * @param {object} props
 * @param {ReturnType<typeof import('./config-schema.js').keysOf>} props.keys
 * @param {Config} props.config
 * @param {boolean} props.isNew
 * @param {import('./mistakes.js').Mistakes} props.mistakes
 * @param {import('../field-schema.js').FieldStates | undefined} props.fieldSchema
 * @param {boolean} props.addsMissing
 * @param {(addsMissing: boolean) => void} props.onAddsMissing
 * @param {(change: (config: Config) => Config) => void} props.onChange
 */
export function ConfigForm({ keys, config, isNew, mistakes, fieldSchema, addsMissing, onAddsMissing, onChange }) {
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    onChange((before) => withKey(before, name, value));
  const input = (/** @type {import('./config-schema.js').Key} */ key) => html`
    <${AnyKeyInput}
      key=${key.name}
      of=${key}
      value=${config[key.name]}
      mistakes=${mistakes.of(key.name)}
      isFixed=${key.name === METHOD && !isNew}
      onChange=${(/** @type {unknown} */ value) => (key.name === METHOD ? setMethod(value) : set(key.name, value))}
    />
  `;
  const useless = keys.meaningless(config);
  const isUseful = (/** @type {{ name: string }} */ { name }) => !useless.includes(name);
  const more = keys.more.filter(isUseful);
  /** What is no longer shown is not kept either. @param {unknown} method */
  const setMethod = (method) =>
    onChange((before) => {
      const after = withKey(before, METHOD, method);
      return keys.meaningless(after).reduce((rest, name) => withKey(rest, name, undefined), after);
    });
  const { [SIEM_FORWARD]: forward, ...fields } = config.fields ?? {};
  const setFields = (/** @type {Record<string, unknown>} */ own, /** @type {unknown} */ isForwarded) =>
    set('fields', { ...own, ...(isForwarded ? { [SIEM_FORWARD]: true } : {}) });
  const isForwarded = forward === true || forward === 'true';
  return html`
    <div class="stack">
      ${keys.first.map(input)}
      <div class="field">
        <label class="inline">
          <input
            type="checkbox"
            aria-describedby="forward-hint"
            checked=${isForwarded}
            onChange=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => setFields(fields, event.currentTarget.checked)}
          />
          Forward to SIEM
        </label>
        <${Hint} id="forward-hint" text=${FORWARD} />
      </div>
      <${FieldsInput}
        value=${fields}
        schema=${fieldSchema}
        mistakes=${mistakes.of('fields')}
        addsMissing=${addsMissing}
        onAddsMissing=${onAddsMissing}
        onChange=${(/** @type {Record<string, string>} */ own) => setFields(own, isForwarded)}
      />
      ${keys.access.filter(isUseful).map(input)}
      <${RulesInput}
        value=${config.filters ?? []}
        hashAlgorithm=${config.hashAlgorithm}
        keys=${keys}
        mistakes=${mistakes}
        onChange=${(/** @type {unknown[]} */ rules) => set('filters', rules)}
        onHashAlgorithm=${(/** @type {unknown} */ algorithm) => set('hashAlgorithm', algorithm)}
      />
      <details open=${more.some(({ name }) => mistakes.of(name).length > 0)}>
        <summary>More</summary>
        <div class="stack">${more.map(input)}</div>
      </details>
    </div>
  `;
}
