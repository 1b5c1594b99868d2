/** Which sources are searched. */

import { html } from 'htm/preact';
import { Choices } from '../../components/choices.js';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';

/** @typedef {{ id: number, name: string, collectorName: string }} Source */

/**
 * @param {object} props
 * @param {readonly string[]} props.chosen ids
 * @param {(chosen: string[]) => void} props.onChange
 */
export function SourceChoices({ chosen, onChange }) {
  const { data, error, reload } = useLoaded((signal) => get('/sources', { signal }), []);
  const known = (data?.sources ?? []).map((/** @type {Source} */ { id, name, collectorName }) => ({
    name: String(id),
    label: `${collectorName} / ${name}`,
  }));
  // Records of a source stay when it is deleted.
  const unknown = chosen.filter((id) => !known.some((/** @type {{ name: string }} */ { name }) => name === id));
  const options = [...known, ...unknown.map((id) => ({ name: id, label: `Source ${id}` }))];
  return html`
    <${Choices} label="Sources" options=${options} chosen=${chosen} onChange=${onChange} />
    <${Problem} error=${error} onRetry=${reload} />
  `;
}
