/** The input of any key: one that is an object has an input for each key of its own. */

import { html } from 'htm/preact';
import { useId } from 'preact/hooks';
import { textKey, withKey } from './config-schema.js';
import { Hint, KeyInput, Wrong } from './key-input.js';

/** @typedef {import('./config-schema.js').Key} Key */

/** @param {Parameters<typeof KeyInput>[0]} props as `KeyInput` has them */
export function AnyKeyInput(props) {
  const isObject = props.of.kind === 'object' || props.of.kind === 'texts';
  return isObject ? html`<${ObjectInput} ...${props} />` : html`<${KeyInput} ...${props} />`;
}

/**
 * @param {object} props
 * @param {Key} props.of
 * @param {unknown} props.value
 * @param {readonly string[]} props.mistakes each with the path inside of the object
 * @param {(value: unknown) => void} props.onChange
 */
function ObjectInput({ of: key, value, mistakes, onChange }) {
  const id = useId();
  const object = typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
  const keys = key.kind === 'texts' ? key.values.map(textKey) : key.keys;
  const known = keys.map(({ name }) => within(mistakes, name));
  const inputs = keys.map(
    (each, at) => html`
      <${AnyKeyInput}
        key=${each.name}
        of=${each}
        value=${object[each.name]}
        mistakes=${known[at]}
        onChange=${(/** @type {unknown} */ part) => onChange(withKey(object, each.name, part))}
      />
    `,
  );
  const others = mistakes.filter((mistake) => keys.every(({ name }) => within([mistake], name).length === 0));
  const isOpen = mistakes.length > 0 || Object.keys(object).length > 0;
  return html`
    <fieldset class="field" aria-describedby=${`${id}-hint ${id}-wrong`}>
      <legend>${key.label}</legend>
      <${Hint} id=${`${id}-hint`} text=${key.description} />
      <${Wrong} id=${`${id}-wrong`} mistakes=${others} />
      ${
        key.kind === 'texts'
          ? html`<details open=${isOpen}><summary>Each by itself</summary><div class="stack">${inputs}</div></details>`
          : html`<div class="stack">${inputs}</div>`
      }
    </fieldset>
  `;
}

/** Those of one key, without its name. @param {readonly string[]} mistakes @param {string} name */
function within(mistakes, name) {
  return mistakes.flatMap((mistake) => {
    if (mistake.startsWith(`${name}: `)) return [mistake.slice(name.length + 2)];
    if (mistake.startsWith(`${name}[`)) return [mistake.slice(name.length)];
    return mistake.startsWith(`${name}.`) ? [mistake.slice(name.length + 1)] : [];
  });
}
