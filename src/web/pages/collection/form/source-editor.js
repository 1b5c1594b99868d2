/** A source as a form or as its JSON: two views of the same. */

import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../../../components/dialog.js';
import { SteadyButton } from '../../../components/steady-button.js';
import { messageOf, send } from '../../../lib/api.js';
import { tellDone } from '../../../lib/notices.js';
import { trialText } from '../actions.js';
import { ConfigForm } from './config-form.js';
import { Conflict } from './conflict.js';
import { DiscardDialog } from './discard-dialog.js';
import { mistakesBy } from './mistakes.js';
import { useSaving } from './saving.js';

/** @typedef {import('./config-form.js').Config} Config */

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.path
 * @param {number} [props.id] of a source that is edited
 * @param {number} props.collectorId
 * @param {ReturnType<typeof import('./config-schema.js').keysOf>} props.keys
 * @param {import('./saving.js').Stored | undefined} props.stored
 * @param {import('../field-schema.js').FieldStates | undefined} props.fieldSchema
 * @param {() => unknown} props.onSaved
 * @param {() => void} props.onClose
 */
export function SourceEditor({ title, path, id, collectorId, keys, stored, fieldSchema, onSaved, onClose }) {
  const { save, accept, conflict, known, mistakes, setMistakes, isBusy } = useSaving({ path, stored });
  const [config, setConfig] = useState(/** @type {Config} */ (stored?.body.source.config ?? {}));
  /** The text of the JSON view while that is open. */
  const [json, setJson] = useState(/** @type {string | undefined} */ (undefined));
  const [addsMissing, setAddsMissing] = useState(false);
  const [tested, setTested] = useState('');
  const [isAsking, setAsking] = useState(false);
  /** The form is made again when what it shows was changed elsewhere. */
  const [drawing, setDrawing] = useState(0);
  const original = useRef(JSON.stringify(config));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const isDirty =
    json !== undefined ? json !== textOf(JSON.parse(original.current)) : JSON.stringify(config) !== original.current;
  const { of, others } = mistakesBy(mistakes, json === undefined ? shownKeys(keys) : []);

  useEffect(() => {
    const wrong = box.current?.querySelector('[aria-invalid="true"]');
    if (mistakes.length > 0 && wrong instanceof HTMLElement) wrong.focus();
  }, [mistakes]);

  /** What a test found holds for what was tested only; the number tells late answers. */
  const trials = useRef(0);
  useEffect(() => {
    trials.current += 1;
    setTested('');
  }, [config, json]);

  /** @returns {any} the file; nothing when the text is not JSON, which is told */
  const file = () => {
    if (json === undefined) return fileOf(config);
    try {
      return JSON.parse(json);
    } catch (error) {
      setMistakes([`Invalid JSON: ${messageOf(error)}`]);
      return undefined;
    }
  };
  const onSave = async (/** @type {import('./saving.js').Stored | undefined} */ over = known) => {
    const body = file();
    if (body === undefined) return;
    const saved = await save(body, over === undefined ? { addsMissing } : { addsMissing, over });
    if (saved === undefined) return;
    tellDone(
      id === undefined ? `The source ${saved.source.name} was added.` : `The source ${saved.source.name} was saved.`,
    );
    onClose();
    await onSaved();
  };
  const onTest = async () => {
    const body = file();
    if (body === undefined) return;
    setTested('Testing…');
    trials.current += 1;
    const number = trials.current;
    try {
      const source = id === undefined ? body?.source : { ...body?.source, id };
      const trial = await send('POST', `/collectors/${collectorId}/sources/validate`, { ...body, source });
      if (number !== trials.current) return;
      setMistakes(trial.mistakes);
      setTested(trialText(trial, source?.config?.export !== undefined).text);
    } catch (error) {
      if (number === trials.current) setTested(messageOf(error));
    }
  };
  const toForm = () => {
    if (json === undefined) return;
    const parsed = file();
    if (parsed === undefined) return;
    const given = parsed?.source?.config;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      setMistakes(['The JSON is missing source.config.']);
      return;
    }
    show(given);
  };
  const show = (/** @type {Config} */ given) => {
    setConfig(given);
    setJson(undefined);
    setMistakes([]);
    setDrawing((before) => before + 1);
  };
  const loadTheirs = () => {
    if (conflict === undefined) return;
    const theirs = conflict.body.source.config;
    original.current = JSON.stringify(theirs);
    accept(conflict);
    show(theirs);
  };
  const toJson = () => {
    setJson(textOf(config));
    setMistakes([]);
  };
  const close = () => (isDirty ? setAsking(true) : onClose());
  const footer = html`
    <${SteadyButton} class="primary" isOff=${isBusy} onClick=${() => onSave()}>Save<//>
    <button type="button" onClick=${onTest}>Test connection</button>
    <button type="button" onClick=${close}>Cancel</button>
    <span role="status" class="foreign">${tested}</span>
  `;
  return html`
    <${Dialog} title=${title} wide onClose=${close} footer=${footer}>
      <div class="row" role="group" aria-label="View">
        <button type="button" aria-pressed=${json === undefined} onClick=${toForm}>Form</button>
        <button type="button" aria-pressed=${json !== undefined} onClick=${() => json === undefined && toJson()}>JSON</button>
      </div>
      ${
        conflict === undefined
          ? null
          : html`
              <${Conflict}
                before=${JSON.parse(original.current)}
                theirs=${conflict.body.source.config}
                onMine=${() => onSave(conflict)}
                onTheirs=${loadTheirs}
              />
            `
      }
      <div ref=${box} class="stack">
        ${others.length === 0 ? null : html`<ul class="problem" role="alert">${others.map((each) => html`<li key=${each} class="foreign">${each}</li>`)}</ul>`}
        ${
          json === undefined
            ? html`
                <${ConfigForm}
                  key=${drawing}
                  keys=${keys}
                  config=${config}
                  isNew=${id === undefined}
                  mistakes=${{ of, others }}
                  fieldSchema=${fieldSchema}
                  addsMissing=${addsMissing}
                  onAddsMissing=${setAddsMissing}
                  onChange=${setConfig}
                />
              `
            : html`
                <label>
                  JSON of the source
                  <textarea
                    class="code json"
                    spellcheck=${false}
                    aria-invalid=${mistakes.length > 0 ? 'true' : undefined}
                    value=${json}
                    onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => setJson(event.currentTarget.value)}
                  ></textarea>
                </label>
              `
        }
      </div>
      ${isAsking ? html`<${DiscardDialog} onDiscard=${onClose} onClose=${() => setAsking(false)} />` : null}
    <//>
  `;
}

/** @param {ReturnType<typeof import('./config-schema.js').keysOf>} keys */
function shownKeys({ first, access, more }) {
  return [...[...first, ...access, ...more].map(({ name }) => name), 'fields', 'filters', 'hashAlgorithm'];
}

/** @param {Config} config */
function fileOf(config) {
  return { 'api.version': 'v1', source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } };
}

/** @param {Config} config */
function textOf(config) {
  return JSON.stringify(fileOf(config), null, 2);
}
