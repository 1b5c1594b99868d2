/** Asks which stored records are to be exported, and to where. */

import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { get, send } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';
import { tellDone } from '../../lib/notices.js';
import { keysOf, withKey } from '../collection/form/config-schema.js';
import { KeyInput, Wrong } from '../collection/form/key-input.js';
import { mistakesBy, mistakesIn, NO_MISTAKES } from '../collection/form/mistakes.js';
import { chosenRecords } from './record-choice.js';

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const OF_WISH = ['from', 'to', 'streams'];

/** @typedef {import('../collection/form/config-schema.js').Key} Key */

/**
 * @typedef {object} PastExportDialogProps
 * @property {string} path of the source in the API
 * @property {readonly string[]} streams
 * @property {boolean} hasExport whether the source has an export, whose bucket is the default
 * @property {() => void} onClose
 * @property {() => unknown} onStarted
 */

/** @param {PastExportDialogProps} props */
export function PastExportDialog(props) {
  const { data: keys, error, reload } = useLoaded((signal) => targetKeys(props.hasExport, signal), []);
  if (keys !== undefined) return html`<${Wish} ...${props} keys=${keys} />`;
  return html`
    <${Dialog} title=${TITLE} onClose=${props.onClose}>
      ${error === undefined ? html`<p role="status">Loading…</p>` : html`<${Problem} error=${error} onRetry=${reload} />`}
    <//>
  `;
}

const TITLE = 'Export stored records';

/** A place is described as in the configuration of a source, but for how often something is written there. */
async function targetKeys(/** @type {boolean} */ hasExport, /** @type {AbortSignal} */ signal) {
  const { more } = keysOf(await get('/sources/schema', { signal }));
  const { keys = [] } = more.find(({ name }) => name === 'export') ?? {};
  return keys
    .filter(({ name }) => name !== 'interval')
    .map((key) => ({ ...key, isRequired: key.isRequired && !hasExport }));
}

/** @param {PastExportDialogProps & { keys: readonly Key[] }} props */
function Wish({ path, streams, hasExport, keys, onClose, onStarted }) {
  const [target, setTarget] = useState(/** @type {Record<string, unknown>} */ ({}));
  const [wrong, setWrong] = useState(NO_MISTAKES);
  const [isBusy, setBusy] = useState(false);
  const form = useId();
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { pathStyle, ...texts } = target;
    const wish = {
      ...texts,
      ...(pathStyle === undefined ? {} : { pathStyle: pathStyle === 'true' }),
      ...chosenRecords(new FormData(event.target), streams),
    };
    setBusy(true);
    try {
      await send('POST', `${path}/exports`, wish);
    } catch (refusal) {
      setWrong(mistakesBy(mistakesIn(refusal), [...keys.map(({ name }) => name), ...OF_WISH]));
      return;
    } finally {
      setBusy(false);
    }
    tellDone('The export has been started.');
    onStarted();
  };
  const time = (/** @type {string} */ name, /** @type {string} */ label) => html`
    <label>
      ${label}
      <input
        name=${name}
        type="datetime-local"
        step="1"
        required=${name === 'from'}
        aria-invalid=${wrong.of(name).length > 0 ? 'true' : undefined}
        aria-describedby=${`${form}-times ${form}-${name}`}
      />
    </label>
    <${Wrong} id=${`${form}-${name}`} mistakes=${wrong.of(name)} />
  `;
  const footer = html`
    <${SteadyButton} type="submit" class="primary" form=${form} isOff=${isBusy}>Start export<//>
    <button type="button" onClick=${onClose}>Cancel</button>
  `;
  return html`
    <${Dialog} title=${TITLE} wide onClose=${onClose} footer=${footer}>
      <form class="stack" id=${form} onSubmit=${onSubmit}>
        <p>Writes what is stored already, each record once. Collection continues meanwhile.</p>
        <${Problem} error=${wrong.others.join('\n')} />
        ${time('from', 'From')} ${time('to', 'To')}
        <p class="hint" id=${`${form}-times`}>Times of the records, in ${ZONE}. Without an end, it is now.</p>
        <fieldset aria-describedby=${`${form}-streams`}>
          <legend>Streams</legend>
          ${streams.map(
            (stream) => html`
              <label class="inline" key=${stream}>
                <input type="checkbox" name="streams" value=${stream} defaultChecked /> ${stream}
              </label>
            `,
          )}
          <${Wrong} id=${`${form}-streams`} mistakes=${wrong.of('streams')} />
        </fieldset>
        ${hasExport ? html`<p class="hint">What is left empty is as in the export of the source. Key and role are taken together, or not at all.</p>` : null}
        ${keys.map(
          (key) => html`
            <${KeyInput}
              key=${key.name}
              of=${key}
              value=${target[key.name]}
              mistakes=${wrong.of(key.name)}
              onChange=${(/** @type {unknown} */ value) => setTarget((before) => withKey(before, key.name, value))}
            />
          `,
        )}
      </form>
    <//>
  `;
}
