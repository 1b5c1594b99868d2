/** Adds or edits a source. */

import { html } from 'htm/preact';
import { Dialog } from '../../../components/dialog.js';
import { Problem } from '../../../components/problem.js';
import { get } from '../../../lib/api.js';
import { useLoaded } from '../../../lib/load.js';
import { pathOf } from '../actions.js';
import { keysOf } from './config-schema.js';
import { readTagged } from './saving.js';
import { SourceEditor } from './source-editor.js';

/**
 * @param {object} props
 * @param {import('../collection-data.js').ShownSource} [props.source] that is edited
 * @param {import('../collection-data.js').Collector} [props.collector] that a new one is added to
 * @param {import('../field-schema.js').FieldStates | undefined} props.fieldSchema
 * @param {() => unknown} props.onSaved
 * @param {() => void} props.onClose
 */
export function SourceDialog({ source, collector, fieldSchema, onSaved, onClose }) {
  const title = source === undefined ? `Add Source to ${collector?.name}: Mimecast` : `Edit ${source.name}`;
  const { data, error, reload } = useLoaded(async (signal) => {
    const stored = source === undefined ? undefined : readTagged(`${pathOf(source)}?download=true`, signal);
    const schema = await get('/sources/schema', { signal });
    return { keys: keysOf(schema), stored: await stored };
  }, []);
  if (data === undefined)
    return html`
      <${Dialog} title=${title} wide onClose=${onClose}>
        ${error === undefined ? html`<p role="status">Loading…</p>` : html`<${Problem} error=${error} onRetry=${reload} />`}
      <//>
    `;
  const path = source === undefined ? `/collectors/${collector?.id}/sources` : pathOf(source);
  return html`
    <${SourceEditor}
      title=${title}
      path=${path}
      id=${source?.id}
      collectorId=${source?.collectorId ?? collector?.id}
      keys=${data.keys}
      stored=${data.stored}
      fieldSchema=${fieldSchema}
      onSaved=${onSaved}
      onClose=${onClose}
    />
  `;
}
