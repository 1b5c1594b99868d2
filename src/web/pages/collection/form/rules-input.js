/** Processing rules, in the order in which they are applied, with a try-out. */

import { html } from 'htm/preact';
import { useId, useRef, useState } from 'preact/hooks';
import { SteadyButton } from '../../../components/steady-button.js';
import { Hint, KeyInput, Wrong } from './key-input.js';
import { RulesTrial } from './rules-trial.js';

/** @typedef {{ filterType: string, name: string, regexp: string, mask?: string }} Rule */
/** @typedef {{ id: number, rule: Rule }} Row */

/**
 * @param {object} props
 * @param {readonly Rule[]} props.value
 * @param {unknown} props.hashAlgorithm
 * @param {ReturnType<typeof import('./config-schema.js').keysOf>} props.keys
 * @param {import('./mistakes.js').Mistakes} props.mistakes
 * @param {(rules: Rule[]) => void} props.onChange
 * @param {(algorithm: unknown) => void} props.onHashAlgorithm
 */
export function RulesInput({ value, hashAlgorithm, keys, mistakes, onChange, onHashAlgorithm }) {
  const lastId = useRef(0);
  const rowOf = (/** @type {Rule} */ rule) => {
    lastId.current += 1;
    return { id: lastId.current, rule };
  };
  const [rows, setRows] = useState(/** @returns {Row[]} */ () => value.map(rowOf));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const change = (/** @type {Row[]} */ next) => {
    setRows(next);
    onChange(next.map(({ rule }) => rule));
  };
  const focusLast = () =>
    requestAnimationFrame(() => {
      const all = box.current?.querySelectorAll('select[data-type]') ?? [];
      const last = all[all.length - 1];
      if (last instanceof HTMLElement) last.focus();
    });
  const add = () => {
    change([...rows, rowOf({ filterType: 'Exclude', name: '', regexp: '' })]);
    focusLast();
  };
  const move = (/** @type {number} */ at, /** @type {number} */ to) => {
    const next = rows.filter((_, index) => index !== at);
    const row = rows[at];
    if (row !== undefined) change([...next.slice(0, to), row, ...next.slice(to)]);
  };
  return html`
    <fieldset class="field" ref=${box}>
      <legend>Processing Rules for Logs</legend>
      ${rows.map(
        (row, at) => html`
          <${RuleInput}
            key=${row.id}
            at=${at}
            count=${rows.length}
            rule=${row.rule}
            schema=${keys.rule}
            mistakes=${mistakes.of(`filters[${at}]`)}
            onChange=${(/** @type {Rule} */ rule) => change(rows.map((each) => (each.id === row.id ? { ...each, rule } : each)))}
            onMove=${(/** @type {number} */ to) => move(at, to)}
            onRemove=${() => change(rows.filter(({ id }) => id !== row.id))}
          />
        `,
      )}
      <div class="row"><button type="button" onClick=${add}>+Add Rule</button></div>
      <${Wrong} id="filters-wrong" mistakes=${mistakes.of('filters')} />
      ${
        rows.some(({ rule }) => rule.filterType === 'Hash')
          ? html`<${KeyInput} of=${keys.hashAlgorithm} value=${hashAlgorithm} mistakes=${mistakes.of('hashAlgorithm')} onChange=${onHashAlgorithm} />`
          : null
      }
      ${rows.length === 0 ? null : html`<${RulesTrial} filters=${rows.map(({ rule }) => rule)} hashAlgorithm=${hashAlgorithm} />`}
    </fieldset>
  `;
}

/**
 * @param {object} props
 * @param {number} props.at
 * @param {number} props.count
 * @param {Rule} props.rule
 * @param {import('./config-schema.js').JsonSchema} props.schema
 * @param {readonly string[]} props.mistakes
 * @param {(rule: Rule) => void} props.onChange
 * @param {(to: number) => void} props.onMove
 * @param {() => void} props.onRemove
 */
function RuleInput({ at, count, rule, schema, mistakes, onChange, onMove, onRemove }) {
  const id = useId();
  const set = (/** @type {keyof Rule} */ key) => (/** @type {{ currentTarget: HTMLInputElement }} */ event) => {
    const { mask: _mask, ...rest } = { ...rule, [key]: event.currentTarget.value };
    const mask = key === 'mask' ? event.currentTarget.value : rule.mask;
    onChange(rest.filterType === 'Mask' && mask !== undefined && mask !== '' ? { ...rest, mask } : rest);
  };
  const label = (/** @type {string} */ what) => `${what} of rule ${at + 1}`;
  const wrong = { 'aria-describedby': `${id}-wrong`, 'aria-invalid': mistakes.length > 0 ? 'true' : undefined };
  return html`
    <div class="rule">
      <div class="row">
        <select data-type aria-label=${label('Type')} value=${rule.filterType} onChange=${set('filterType')}>
          ${schema.filterType.enum.map((/** @type {string} */ type) => html`<option key=${type} value=${type}>${type}</option>`)}
        </select>
        <input aria-label=${label('Name')} placeholder="Name" maxlength=${schema.name.maxLength} value=${rule.name} onInput=${set('name')} ...${wrong} />
        ${
          rule.filterType === 'Mask'
            ? html`<input aria-label=${label('Mask')} placeholder=${`Mask (default: ${schema.mask.default})`} value=${rule.mask ?? ''} onInput=${set('mask')} />`
            : null
        }
        <${SteadyButton} class="quiet" aria-label=${`Move rule ${at + 1} up`} isOff=${at === 0} onClick=${() => onMove(at - 1)}>↑<//>
        <${SteadyButton} class="quiet" aria-label=${`Move rule ${at + 1} down`} isOff=${at === count - 1} onClick=${() => onMove(at + 1)}>↓<//>
        <button type="button" class="quiet" aria-label=${`Remove rule ${at + 1}`} onClick=${onRemove}>✕</button>
      </div>
      <input
        class="code"
        aria-label=${label('Regular expression')}
        placeholder=${schema.regexp.examples[0]}
        spellcheck=${false}
        maxlength=${schema.regexp.maxLength}
        value=${rule.regexp}
        onInput=${set('regexp')}
        ...${wrong}
      />
      ${at === 0 ? html`<${Hint} id=${`${id}-hint`} text=${schema.filterType.description} />` : null}
      <${Wrong} id=${`${id}-wrong`} mistakes=${mistakes} />
    </div>
  `;
}
