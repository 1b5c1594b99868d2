/** All collectors and their sources: how they are, and what can be done to them. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Problem } from '../../components/problem.js';
import { address } from '../../lib/router.js';
import { mayChange } from '../../lib/session.js';
import { ACTIONS, actOnAll, removeCollector } from './actions.js';
import { useCollection } from './collection-data.js';
import { CollectionDialog } from './collection-dialog.js';
import { useFieldSchema } from './field-schema.js';
import { SourceTable } from './table/source-table.js';
import { BulkActions, Filters } from './toolbar.js';
import { groupsOf, isFiltered, viewOf } from './view.js';

/** @typedef {import('./collection-data.js').ShownSource} ShownSource */
/** @typedef {import('./collection-dialog.js').OpenDialog} OpenDialog */

export function CollectionPage() {
  const { sources, collectors, error, reload } = useCollection();
  const fields = useFieldSchema();
  const [selected, setSelected] = useState(/** @type {ReadonlySet<number>} */ (new Set()));
  const [dialog, setDialog] = useState(/** @type {OpenDialog | undefined} */ (undefined));
  const view = viewOf(address.value.query);
  const shown = sources ?? [];
  const groups = groupsOf(shown, collectors, view);
  // Nothing is done to what the filters hide.
  const visible = groups.flatMap((group) => group.sources);
  const onSelect = (/** @type {readonly number[]} */ ids, /** @type {boolean} */ isSelected) =>
    setSelected((before) => {
      const after = new Set(before);
      for (const id of ids) after[isSelected ? 'add' : 'delete'](id);
      return after;
    });
  const perform = async (
    /** @type {import('./actions.js').Action} */ action,
    /** @type {readonly ShownSource[]} */ targets,
  ) => {
    await actOnAll(action, targets);
    await reload();
  };
  const onAct = (
    /** @type {import('./actions.js').Action} */ action,
    /** @type {readonly ShownSource[]} */ targets,
  ) => {
    if (action.asks === undefined) return void perform(action, targets);
    return setDialog({ kind: 'confirm', action, targets, onConfirm: () => perform(action, targets) });
  };
  const onSaved = () => Promise.all([reload(), fields.reload()]);
  const table = {
    ...{ groups, view, selected, onSelect, schema: fields.schema, mayChange: mayChange() },
    onInfo: (/** @type {ShownSource} */ source) => setDialog({ kind: 'usage', source }),
    menuOf: (/** @type {ShownSource} */ source) => menuOf(source, setDialog, (action) => onAct(action, [source])),
    onAddSource: (/** @type {import('./collection-data.js').Collector} */ collector) =>
      setDialog({ kind: 'source', collector }),
    onEditCollector: (/** @type {import('./collection-data.js').Collector} */ collector) =>
      setDialog({ kind: 'collector', collector }),
    onDeleteCollector: (/** @type {import('./collection-data.js').Collector} */ collector) =>
      setDialog({ kind: 'remove-collector', collector, onConfirm: () => removeCollector(collector).then(reload) }),
  };
  return html`
    <div class="row spread">
      <h1>Collection</h1>
      ${
        mayChange()
          ? html`<button type="button" class="primary" onClick=${() => setDialog({ kind: 'collector' })}>Add Collector</button>`
          : null
      }
    </div>
    <${Problem} error=${error} onRetry=${reload} />
    <${Filters} view=${view} collectors=${collectors} />
    ${
      mayChange()
        ? html`
            <${BulkActions}
              chosen=${visible.filter(({ id }) => selected.has(id))}
              failing=${visible.filter(({ state }) => state.state === 'Error')}
              onAct=${onAct}
              onClear=${() => setSelected(new Set())}
            />
          `
        : null
    }
    ${sources === undefined ? html`<p role="status">${error === undefined ? 'Loading…' : ''}</p>` : html`<${SourceTable} ...${table} />`}
    ${
      sources !== undefined && groups.length === 0
        ? html`<p>${isFiltered(view) ? 'No source matches the filters.' : 'There are no collectors yet. Add a collector, then add a source to it.'}</p>`
        : null
    }
    <${CollectionDialog}
      dialog=${dialog}
      schema=${fields.schema}
      onSaved=${onSaved}
      onClose=${() => setDialog(undefined)}
    />
  `;
}

/**
 * @param {ShownSource} source
 * @param {(dialog: OpenDialog) => void} open
 * @param {(action: import('./actions.js').Action) => void} onAct
 * @returns {import('../../components/menu.js').MenuItem[]}
 */
function menuOf(source, open, onAct) {
  const item = (/** @type {keyof typeof ACTIONS} */ name) => {
    const action = ACTIONS[name];
    return { label: action.label, isDangerous: action.isDangerous === true, onChoose: () => onAct(action) };
  };
  if (source.state.state === 'Stopping') return [item('remove')];
  const isStopped = source.state.state === 'Stopped';
  return [
    { label: 'Edit', onChoose: () => open({ kind: 'source', source }) },
    item('test'),
    ...(isStopped ? [item('start')] : [item('collectNow'), item('restart'), item('stop')]),
    item('remove'),
  ];
}
