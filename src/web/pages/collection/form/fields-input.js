/** The fields of a source or collector: a row each, with whether the schema of fields has it. */

import { html } from 'htm/preact';
import { useId, useRef, useState } from 'preact/hooks';
import { FieldMark } from '../field-mark.js';
import { Wrong } from './key-input.js';

/** @typedef {{ id: number, name: string, value: string }} Row */

/**
 * @param {object} props
 * @param {Record<string, unknown>} props.value without `_siemForward`
 * @param {import('../field-schema.js').FieldStates | undefined} props.schema
 * @param {readonly string[]} props.mistakes
 * @param {(value: Record<string, string>) => void} props.onChange
 * @param {boolean} props.addsMissing
 * @param {(addsMissing: boolean) => void} props.onAddsMissing
 */
export function FieldsInput({ value, schema, mistakes, onChange, addsMissing, onAddsMissing }) {
  const id = useId();
  const lastId = useRef(0);
  const rowOf = (/** @type {string} */ name, /** @type {string} */ text) => {
    lastId.current += 1;
    return { id: lastId.current, name, value: text };
  };
  // Names may be empty or alike while they are typed, which no object can hold.
  const [rows, setRows] = useState(
    /** @returns {Row[]} */ () => Object.entries(value).map(([name, text]) => rowOf(name, String(text))),
  );
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const change = (/** @type {Row[]} */ next) => {
    setRows(next);
    onChange(Object.fromEntries(next.flatMap((row) => (row.name.trim() === '' ? [] : [[row.name.trim(), row.value]]))));
  };
  const edit =
    (/** @type {Row} */ row, /** @type {'name' | 'value'} */ key) =>
    (/** @type {{ currentTarget: HTMLInputElement }} */ event) =>
      change(rows.map((each) => (each.id === row.id ? { ...each, [key]: event.currentTarget.value } : each)));
  const add = () => {
    change([...rows, rowOf('', '')]);
    requestAnimationFrame(() => {
      const inputs = box.current?.querySelectorAll('input[data-name]') ?? [];
      const last = inputs[inputs.length - 1];
      if (last instanceof HTMLElement) last.focus();
    });
  };
  const names = rows.map(({ name }) => name.trim().toLowerCase());
  const isTwice = (/** @type {number} */ at) => names[at] !== '' && names.indexOf(names[at] ?? '') !== at;
  const areMissing = schema !== undefined && names.some((name) => name !== '' && schema(name) === 'missing');
  return html`
    <fieldset class="field" ref=${box}>
      <legend>Fields</legend>
      ${rows.map((row, at) => {
        const name = row.name.trim();
        const twice = isTwice(at) ? ['This name is used twice; only the last value counts.'] : [];
        return html`
          <div key=${row.id}>
            <div class="field-row">
              <input data-name aria-label=${`Name of field ${at + 1}`} placeholder="Name" value=${row.name} onInput=${edit(row, 'name')} />
              <input aria-label=${`Value of field ${at + 1}`} placeholder="Value" value=${row.value} onInput=${edit(row, 'value')} />
              <${FieldMark} state=${name === '' ? undefined : schema?.(name)} />
              <button
                type="button"
                class="quiet"
                aria-label=${`Remove field ${name === '' ? at + 1 : name}`}
                onClick=${() => change(rows.filter((each) => each.id !== row.id))}
              >
                ✕
              </button>
            </div>
            <${Wrong} id=${`${id}-${row.id}`} mistakes=${twice} />
          </div>
        `;
      })}
      <div class="row">
        <button type="button" onClick=${add}>+Add Field</button>
        ${
          areMissing
            ? html`
                <label class="inline">
                  <input
                    type="checkbox"
                    checked=${addsMissing}
                    onChange=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => onAddsMissing(event.currentTarget.checked)}
                  />
                  Automatically add all nonexistent fields to the Fields table schema
                </label>
              `
            : null
        }
      </div>
      ${areMissing && !addsMissing ? html`<p class="hint">A field that does not exist in the schema is dropped.</p>` : null}
      <${Wrong} id=${`${id}-wrong`} mistakes=${mistakes} />
    </fieldset>
  `;
}
