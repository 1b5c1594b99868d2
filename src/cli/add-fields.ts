/** `--add-fields`: what Sumo Logic's form calls *Automatically activate all fields on save*. */

import { parseSourceFile } from '../config/source-config.js';
import type { FieldAdder } from './source-commands.js';

/**
 * Adds the fields of a source's file that the schema does not have. Of a wrong file nothing is added: it is refused when
 * it is saved, with all of its mistakes.
 *
 * @throws FieldError when the schema is full.
 */
export async function addFieldsOf(json: unknown, fields: FieldAdder): Promise<void> {
  const parsed = parseSourceFile(json, { allowInsecure: true, keepSecret: true });
  if (parsed.ok) await fields.ensure(Object.keys(parsed.value.fields ?? {}));
}
