/** The JSON Schema of a source's file: for editors, forms, and the description of the management API. */

import { z } from 'zod';
import { fileSchema } from './file-schema.js';
import { configSchema } from './source-schema.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema (draft 2020-12) of what may be written, before defaults are filled in. */
function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Of a key that is transformed, zod leaves these two out, since they could be of its output.
      const { default: fallback, examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = [...examples];
      if (fallback !== undefined) jsonSchema.default = fallback as NonNullable<typeof jsonSchema.default>;
      delete jsonSchema.form;
      // What may be null may be the empty text, too.
      if (zodSchema._zod.def.type === 'nullable') jsonSchema.anyOf?.splice(1, 1, { enum: [null, ''] });
    },
  }) as JsonSchema;
}

/** The whole file: `api.version` and `source`. Published as `docs/source.schema.json`. */
export const SOURCE_FILE_JSON_SCHEMA: JsonSchema = {
  ...jsonSchemaOf(fileSchema),
  title: 'Mimecast Source',
  description: 'Configuration of one Mimecast source, as "npm run starter -- start" and the management API take it',
};

/** `source.config` alone. */
export const SOURCE_CONFIG_JSON_SCHEMA: JsonSchema = jsonSchemaOf(configSchema);
