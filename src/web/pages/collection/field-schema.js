/** Which fields the schema of fields has. */

import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';

/** A switch of a source and no field of its records. */
export const SIEM_FORWARD = '_siemForward';

/** @typedef {'exists' | 'missing' | 'disabled'} FieldState */
/** @typedef {(name: string) => FieldState} FieldStates */
/** @typedef {{ fieldName: string, state: string }} Field */

/** @returns {{ schema: FieldStates | undefined, reload: () => Promise<void> }} */
export function useFieldSchema() {
  const { data, reload } = useLoaded(
    async (signal) => {
      const answers = await Promise.all([get('/fields', { signal }), get('/fields/builtin', { signal })]);
      /** @type {Field[]} */
      const fields = answers.flatMap((answer) => answer.data);
      // Names that differ in case alone are one field. An empty state is what Terraform leaves of an enabled one.
      return new Map(fields.map(({ fieldName, state }) => [fieldName.toLowerCase(), state !== 'Disabled']));
    },
    [],
    { everyMs: 60_000 },
  );
  if (data === undefined) return { schema: undefined, reload };
  const schema = (/** @type {string} */ name) => {
    const isEnabled = data.get(name.toLowerCase());
    return isEnabled === undefined ? 'missing' : isEnabled ? 'exists' : 'disabled';
  };
  return { schema, reload };
}
