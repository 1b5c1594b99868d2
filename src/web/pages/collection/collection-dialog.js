/** The dialog that is open on the Collection page, if any. */

import { html } from 'htm/preact';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { CollectorDialog } from './form/collector-dialog.js';
import { SourceDialog } from './form/source-dialog.js';
import { UsageDialog } from './usage/usage-dialog.js';

/** @typedef {import('./collection-data.js').ShownSource} ShownSource */
/** @typedef {import('./collection-data.js').Collector} Collector */

/**
 * @typedef {{ kind: 'usage', source: ShownSource }
 *   | { kind: 'confirm', action: import('./actions.js').Action, targets: readonly ShownSource[], onConfirm: () => unknown }
 *   | { kind: 'source', source: ShownSource }
 *   | { kind: 'source', collector: Collector }
 *   | { kind: 'collector', collector?: Collector }
 *   | { kind: 'remove-collector', collector: Collector, onConfirm: () => unknown }} OpenDialog
 */

/**
 * @param {object} props
 * @param {OpenDialog | undefined} props.dialog
 * @param {import('./field-schema.js').FieldStates | undefined} props.schema
 * @param {() => unknown} props.onSaved
 * @param {() => void} props.onClose
 */
export function CollectionDialog({ dialog, schema, onSaved, onClose }) {
  if (dialog === undefined) return null;
  const onConfirm = (/** @type {() => unknown} */ then) => () => {
    onClose();
    then();
  };
  switch (dialog.kind) {
    case 'usage':
      return html`<${UsageDialog} source=${dialog.source} onClose=${onClose} />`;
    case 'confirm': {
      const { action, targets } = dialog;
      const title = `${action.label} ${targets.length === 1 ? 'Source' : `${targets.length} Sources`}`;
      return html`
        <${ConfirmDialog} title=${title} isDangerous=${action.isDangerous} onClose=${onClose} onConfirm=${onConfirm(dialog.onConfirm)}>
          <p>${action.asks}</p>
          <ul class="names">
            ${targets.map(({ id, name, collectorName }) => html`<li key=${id} class="foreign">${name} (${collectorName})</li>`)}
          </ul>
        <//>
      `;
    }
    case 'remove-collector':
      return html`
        <${ConfirmDialog} title="Delete Collector" isDangerous onClose=${onClose} onConfirm=${onConfirm(dialog.onConfirm)}>
          <p>The collector <strong class="foreign">${dialog.collector.name}</strong> has no sources. Delete it?</p>
        <//>
      `;
    case 'collector':
      return html`<${CollectorDialog} collector=${dialog.collector} schema=${schema} onSaved=${onSaved} onClose=${onClose} />`;
    default: {
      const target = 'source' in dialog ? { source: dialog.source } : { collector: dialog.collector };
      return html`<${SourceDialog} ...${target} fieldSchema=${schema} onSaved=${onSaved} onClose=${onClose} />`;
    }
  }
}
