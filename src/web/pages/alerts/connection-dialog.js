/** The form of an alert connection, for a new one and for one that is changed. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Copyable } from '../../components/copy-button.js';
import { Dialog } from '../../components/dialog.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { messageOf, send } from '../../lib/api.js';
import { tellDone } from '../../lib/notices.js';
import { TYPES } from './connection-texts.js';
import { shownText, TARGET_FIELDS, targetOf } from './target-fields.js';

/** @typedef {import('./connection-texts.js').Connection} Connection */

/**
 * @param {object} props
 * @param {Connection} [props.connection] that is changed
 * @param {() => void} props.onClose
 * @param {() => unknown} props.onDone
 */
export function ConnectionDialog({ connection, onClose, onDone }) {
  const [type, setType] = useState(connection?.type ?? /** @type {keyof typeof TYPES} */ ('webhook'));
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  /** @type {ReturnType<typeof useState<any>>} */
  const [saved, setSaved] = useState(undefined);
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget);
    const target = targetOf(TARGET_FIELDS[type], given, connection?.target ?? {});
    const settings = Object.fromEntries(
      ['name', 'severityLevel', 'groupingWindow'].map((key) => [key, given.get(key)]),
    );
    setBusy(true);
    try {
      const made =
        connection === undefined
          ? await send('POST', '/connections', { type, ...settings, target })
          : await send('PATCH', `/connections/${connection.id}`, {
              ...settings,
              ...(Object.keys(target).length === 0 ? {} : { target }),
            });
      tellDone(`The alert connection ${made.name} was ${connection === undefined ? 'created' : 'saved'}.`);
      onDone();
      if (made.secret === undefined) onClose();
      else setSaved(made);
    } catch (cause) {
      setError(messageOf(cause));
    } finally {
      setBusy(false);
    }
  };
  if (saved !== undefined) return html`<${Secret} name=${saved.name} secret=${saved.secret} onClose=${onClose} />`;
  return html`
    <${Dialog}
      title=${connection === undefined ? 'New alert connection' : `Edit ${connection.name}`}
      onClose=${onClose}
      footer=${html`
        <${SteadyButton} type="submit" form="connection" class="primary" isOff=${isBusy}>${connection === undefined ? 'Create' : 'Save'}<//>
        <button type="button" onClick=${onClose}>Cancel</button>
      `}
    >
      <form id="connection" class="stack" onSubmit=${onSubmit}>
        <${Problem} error=${error} />
        <label>Name <input name="name" required maxlength="128" autofocus autocomplete="off" defaultValue=${connection?.name} /></label>
        ${connection === undefined ? html`<${TypeInput} type=${type} onChange=${setType} />` : null}
        <label>
          What is told
          <select name="severityLevel" defaultValue=${connection?.severityLevel ?? 'Warning'}>
            <option value="Warning" selected=${connection?.severityLevel !== 'Error'}>Errors and warnings</option>
            <option value="Error" selected=${connection?.severityLevel === 'Error'}>Errors</option>
          </select>
        </label>
        <label>
          What begins within this time is one message
          <input name="groupingWindow" required maxlength="10" autocomplete="off" defaultValue=${connection?.groupingWindow ?? '1m'} />
        </label>
        <${TargetInput} key=${type} fields=${TARGET_FIELDS[type]} shown=${connection?.target} />
      </form>
    <//>
  `;
}

/** @param {{ type: string, onChange: (type: keyof typeof TYPES) => void }} props */
function TypeInput({ type, onChange }) {
  const choose = (/** @type {Event} */ { target }) => {
    const chosen = Object.keys(TYPES).find((each) => target instanceof HTMLSelectElement && each === target.value);
    if (chosen !== undefined) onChange(/** @type {keyof typeof TYPES} */ (chosen));
  };
  return html`
    <label>
      Type
      <select onChange=${choose}>
        ${Object.entries(TYPES).map(([value, label]) => html`<option key=${value} value=${value} selected=${value === type}>${label}</option>`)}
      </select>
    </label>
  `;
}

/** @param {{ fields: readonly import('./target-fields.js').TargetField[], shown?: Record<string, unknown> }} props */
function TargetInput({ fields, shown }) {
  const isNew = shown === undefined;
  return fields.map(({ name, label, type = 'text', placeholder, isRequired = false, isSecret = false, choices }) => {
    const before = shownText(shown?.[name]);
    if (choices !== undefined)
      return html`
        <label key=${name}>
          ${label}
          <select name=${`target.${name}`}>
            ${choices.map((choice) => html`<option key=${choice} value=${choice} selected=${choice === before}>${choice}</option>`)}
          </select>
        </label>
      `;
    return html`
      <label key=${name}>
        ${label}
        <input
          name=${`target.${name}`}
          type=${type}
          required=${isNew && isRequired}
          maxlength="2000"
          autocomplete=${type === 'password' ? 'new-password' : 'off'}
          placeholder=${isSecret && !isNew ? 'stays as it is' : placeholder}
          defaultValue=${isSecret ? '' : before}
        />
      </label>
    `;
  });
}

/** What is told only now. @param {{ name: string, secret: string, onClose: () => void }} props */
function Secret({ name, secret, onClose }) {
  return html`
    <${Dialog} title=${`Alert connection ${name}`} onClose=${onClose} footer=${html`<button type="button" class="primary" onClick=${onClose}>Done</button>`}>
      <p>Messages to the webhook are signed with this secret. It is shown only once.</p>
      <${Copyable} label="Secret of the webhook" text=${secret} />
    <//>
  `;
}
