/** The input of one key, as its schema wants it. */

import { html } from 'htm/preact';
import { useId } from 'preact/hooks';
import { valueLabel } from './config-schema.js';

/** @typedef {import('./config-schema.js').Key} Key */

/**
 * @param {object} props
 * @param {Key} props.of
 * @param {unknown} props.value
 * @param {readonly string[]} props.mistakes
 * @param {(value: unknown) => void} props.onChange
 * @param {boolean} [props.isFixed] it is shown, and cannot be changed
 */
export function KeyInput({ of: key, value, mistakes, onChange, isFixed = false }) {
  const id = useId();
  if (key.kind === 'many') return html`<${Many} of=${key} value=${value} mistakes=${mistakes} onChange=${onChange} />`;
  if (key.kind === 'lines')
    return html`<${Lines} of=${key} value=${value} mistakes=${mistakes} onChange=${onChange} />`;
  const common = {
    id,
    value: typeof value === 'string' || typeof value === 'boolean' ? String(value) : '',
    disabled: isFixed,
    'aria-describedby': `${id}-hint ${id}-wrong`,
    'aria-invalid': mistakes.length > 0 ? 'true' : undefined,
    'aria-required': key.isRequired ? 'true' : undefined,
  };
  const onInput = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => onChange(event.currentTarget.value);
  const hint = key.preset ?? (key.example === undefined || key.kind === 'secret' ? '' : `such as ${key.example}`);
  return html`
    <div class="field">
      <label for=${id}><span>${key.label}<${Required} of=${key} /></span></label>
      ${
        key.kind === 'one'
          ? html`
              <select ...${common} onChange=${onInput}>
                <option value="">${key.preset === undefined ? 'Default' : `Default: ${valueLabel(key.preset)}`}</option>
                ${key.values.map((each) => html`<option key=${each} value=${each}>${valueLabel(each)}</option>`)}
              </select>
            `
          : html`
              <input
                ...${common}
                type=${key.kind === 'secret' ? 'password' : 'text'}
                autocomplete=${key.kind === 'secret' ? 'new-password' : 'off'}
                spellcheck=${false}
                placeholder=${hint}
                maxlength=${key.maxLength}
                onInput=${onInput}
              />
            `
      }
      <${Hint} id=${`${id}-hint`} text=${key.description} />
      <${Wrong} id=${`${id}-wrong`} mistakes=${mistakes} />
    </div>
  `;
}

/**
 * A list of texts, one in each line.
 *
 * @param {{ of: Key, value: unknown, mistakes: readonly string[], onChange: (value: unknown) => void }} props
 */
function Lines({ of: key, value, mistakes, onChange }) {
  const id = useId();
  const onInput = (/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => {
    const { value: text } = event.currentTarget;
    onChange(text.trim() === '' ? [] : text.split('\n'));
  };
  return html`
    <div class="field">
      <label for=${id}><span>${key.label} (one in each line)<${Required} of=${key} /></span></label>
      <textarea
        id=${id}
        rows="3"
        spellcheck=${false}
        aria-describedby=${`${id}-hint ${id}-wrong`}
        aria-invalid=${mistakes.length > 0 ? 'true' : undefined}
        value=${[value ?? []].flat().join('\n')}
        onInput=${onInput}
      ></textarea>
      <${Hint} id=${`${id}-hint`} text=${key.description} />
      <${Wrong} id=${`${id}-wrong`} mistakes=${mistakes} />
    </div>
  `;
}

/** @param {{ of: Key, value: unknown, mistakes: readonly string[], onChange: (value: unknown) => void }} props */
function Many({ of: key, value, mistakes, onChange }) {
  const id = useId();
  const chosen = Array.isArray(value) ? value : typeof value === 'string' && value !== '' ? [value] : [];
  const toggle = (/** @type {string} */ each) => (/** @type {{ currentTarget: HTMLInputElement }} */ event) => {
    const { checked } = event.currentTarget;
    onChange(key.values.filter((one) => (one === each ? checked : chosen.includes(one))));
  };
  return html`
    <fieldset class="field" aria-describedby=${`${id}-hint ${id}-wrong`}>
      <legend>${key.label}<${Required} of=${key} /></legend>
      <div class="row">
        ${key.values.map(
          (each) => html`
            <label class="inline" key=${each}>
              <input
                type="checkbox"
                checked=${chosen.includes(each)}
                aria-invalid=${mistakes.length > 0 ? 'true' : undefined}
                onChange=${toggle(each)}
              />
              ${valueLabel(each)}
            </label>
          `,
        )}
      </div>
      <${Hint} id=${`${id}-hint`} text=${key.description} />
      <${Wrong} id=${`${id}-wrong`} mistakes=${mistakes} />
    </fieldset>
  `;
}

/** @param {{ of: Key }} props */
function Required({ of: { isRequired } }) {
  return isRequired ? html` <span class="muted">(required)</span>` : null;
}

/** Words of the schema, with what they call by its name as code. @param {{ id: string, text: string }} props */
export function Hint({ id, text }) {
  const parts = text.replaceAll('*', '').split('`');
  return html`<p id=${id} class="hint">${parts.map((part, at) => (at % 2 === 0 ? part : html`<code key=${at}>${part}</code>`))}</p>`;
}

/** @param {{ id: string, mistakes: readonly string[] }} props */
export function Wrong({ id, mistakes }) {
  return html`<div id=${id} class="wrong bad foreign">${mistakes.map((mistake) => html`<p key=${mistake}>${mistake}</p>`)}</div>`;
}
