/** The schema of fields as this worker knows it: each slice of work asks for it, and few of them ask the store. */

import { fieldKey } from '../../domain/fields/field-names.js';
import type { FieldSpelling } from '../../domain/fields/record-fields.js';
import type { Collections } from '../../store/collections.js';
import { enabledFields } from '../../store/fields.js';

/** How long a field that was disabled may still come onto records, in milliseconds. */
const LONGEST_AGE_MS = 3_000;

export class FieldSchema {
  private read: { readonly at: number; readonly schema: Promise<FieldSpelling> } | undefined;

  constructor(private readonly collections: Collections) {}

  /**
   * The schema as it was at most three seconds ago; as it is now when one of the names was not in it then, so that a field
   * which was added comes onto the very next records.
   *
   * @throws what MongoDB throws; the next call then asks it again.
   */
  async knowing(names: readonly string[]): Promise<FieldSpelling> {
    const { read } = this;
    if (read !== undefined && Date.now() - read.at < LONGEST_AGE_MS) {
      const schema = await read.schema;
      if (names.every((name) => schema.has(fieldKey(name)))) return schema;
    }
    return this.readAnew();
  }

  private async readAnew(): Promise<FieldSpelling> {
    const reading = { at: Date.now(), schema: enabledFields(this.collections) };
    this.read = reading;
    try {
      return await reading.schema;
    } catch (error) {
      if (this.read === reading) this.read = undefined;
      throw error;
    }
  }
}
