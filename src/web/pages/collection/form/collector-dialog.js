/** Adds or edits a collector. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Dialog } from '../../../components/dialog.js';
import { Problem } from '../../../components/problem.js';
import { SteadyButton } from '../../../components/steady-button.js';
import { useLoaded } from '../../../lib/load.js';
import { tellDone } from '../../../lib/notices.js';
import { textKey } from './config-schema.js';
import { Conflict } from './conflict.js';
import { DiscardDialog } from './discard-dialog.js';
import { FieldsInput } from './fields-input.js';
import { KeyInput } from './key-input.js';
import { mistakesBy } from './mistakes.js';
import { readTagged, useSaving } from './saving.js';

/** @type {readonly import('./config-schema.js').Key[]} */
const KEYS = [
  key('name', 'Name', 'Unique among the collectors.', true),
  key('description', 'Description', 'What it is for.'),
  key(
    'category',
    'Source Category',
    'Becomes `_sourceCategory` of the records of its sources that have none of their own.',
  ),
  key('timeZone', 'Time Zone', 'A name of the TZ database, such as `Etc/UTC`.'),
];

/** @param {string} name @param {string} label @param {string} description */
function key(name, label, description, isRequired = false) {
  return { ...textKey(name), label, description, isRequired, maxLength: 1_024 };
}

/**
 * @param {object} props
 * @param {import('../collection-data.js').Collector} [props.collector] that is edited
 * @param {import('../field-schema.js').FieldStates | undefined} props.schema
 * @param {() => unknown} props.onSaved
 * @param {() => void} props.onClose
 */
export function CollectorDialog({ collector, schema, onSaved, onClose }) {
  const path = collector === undefined ? '/collectors' : `/collectors/${collector.id}`;
  const { data, error, reload } = useLoaded(
    async (signal) => ({ stored: collector === undefined ? undefined : await readTagged(path, signal) }),
    [],
  );
  const title = collector === undefined ? 'Add Collector' : `Edit collector ${collector.name}`;
  if (data === undefined)
    return html`<${Dialog} title=${title} onClose=${onClose}><${Problem} error=${error} onRetry=${reload} /><//>`;
  return html`<${CollectorEditor} title=${title} path=${path} stored=${data.stored} schema=${schema} onSaved=${onSaved} onClose=${onClose} />`;
}

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.path
 * @param {import('./saving.js').Stored | undefined} props.stored
 * @param {import('../field-schema.js').FieldStates | undefined} props.schema
 * @param {() => unknown} props.onSaved
 * @param {() => void} props.onClose
 */
function CollectorEditor({ title, path, stored, schema, onSaved, onClose }) {
  const { save, accept, conflict, known, mistakes, isBusy } = useSaving({ path, stored });
  const before = settingsOf(known?.body.collector ?? {});
  const [settings, setSettings] = useState(before);
  const [drawing, setDrawing] = useState(0);
  const [addsMissing, setAddsMissing] = useState(false);
  const { of, others } = mistakesBy(mistakes, [...KEYS.map(({ name }) => name), 'fields']);
  useEffect(() => {
    const wrong = document.querySelector('dialog [aria-invalid="true"]');
    if (mistakes.length > 0 && wrong instanceof HTMLElement) wrong.focus();
  }, [mistakes]);
  const onSave = async (/** @type {import('./saving.js').Stored | undefined} */ over = known) => {
    const saved = await save({ collector: settings }, over === undefined ? { addsMissing } : { addsMissing, over });
    if (saved === undefined) return;
    tellDone(`The collector ${saved.collector.name} was ${stored === undefined ? 'added' : 'saved'}.`);
    onClose();
    await onSaved();
  };
  const loadTheirs = () => {
    if (conflict === undefined) return;
    accept(conflict);
    setSettings(settingsOf(conflict.body.collector));
    setDrawing((times) => times + 1);
  };
  const [isAsking, setAsking] = useState(false);
  const close = () => (JSON.stringify(settings) === JSON.stringify(before) ? onClose() : setAsking(true));
  const footer = html`
    <${SteadyButton} class="primary" isOff=${isBusy} onClick=${() => onSave()}>Save<//>
    <button type="button" onClick=${close}>Cancel</button>
  `;
  return html`
    <${Dialog} title=${title} onClose=${close} footer=${footer}>
      ${
        conflict === undefined
          ? null
          : html`
              <${Conflict}
                before=${before}
                theirs=${settingsOf(conflict.body.collector)}
                onMine=${() => onSave(conflict)}
                onTheirs=${loadTheirs}
              />
            `
      }
      <${Problem} error=${others.join(' ')} />
      ${KEYS.map(
        (each) => html`
          <${KeyInput}
            key=${each.name}
            of=${each}
            value=${settings[each.name]}
            mistakes=${of(each.name)}
            onChange=${(/** @type {unknown} */ value) => setSettings((all) => ({ ...all, [each.name]: value }))}
          />
        `,
      )}
      <${FieldsInput}
        key=${drawing}
        value=${settings.fields ?? {}}
        schema=${schema}
        mistakes=${of('fields')}
        addsMissing=${addsMissing}
        onAddsMissing=${setAddsMissing}
        onChange=${(/** @type {Record<string, string>} */ fields) => setSettings((all) => ({ ...all, fields }))}
      />
      ${isAsking ? html`<${DiscardDialog} onDiscard=${onClose} onClose=${() => setAsking(false)} />` : null}
    <//>
  `;
}

/** @param {Record<string, any>} collector @returns {Record<string, any>} what is edited of it */
function settingsOf({ name = '', description = '', category = '', timeZone = '', fields = {} }) {
  return { name, description, category, timeZone, fields };
}
