/** What a source puts on each of its records, from its configuration, its collector, and the schema of fields. */

import type { SourceConfig } from '../../config/source-config.js';
import { isBuiltinField } from '../../domain/fields/field-names.js';
import { recordFieldsOf } from '../../domain/fields/record-fields.js';
import type { RecordMetadata } from '../../records/document.js';
import type { CollectorDocument } from '../../store/collectors.js';
import type { FieldSchema } from './field-schema.js';

export async function recordMetadataOf(
  sourceId: number,
  { name, category, fields }: Pick<SourceConfig, 'name' | 'category' | 'fields'>,
  collector: Pick<CollectorDocument, 'name' | 'category' | 'fields'> | null,
  schema: FieldSchema,
): Promise<RecordMetadata> {
  const names = Object.keys({ ...collector?.fields, ...fields }).filter((field) => !isBuiltinField(field));
  const known = names.length === 0 ? new Map<string, string>() : await schema.knowing(names);
  const { fields: kept, siemForward } = recordFieldsOf(fields, collector?.fields, known);
  // An empty one is none, as Terraform writes it.
  const sourceCategory = category || collector?.category;
  return {
    sourceId,
    source: name,
    collector: collector?.name ?? '',
    ...(sourceCategory ? { sourceCategory } : {}),
    fields: kept,
    siemForward,
  };
}
