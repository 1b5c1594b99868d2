/** The whole of a source's JSON file: `api.version` and `source`, as Sumo Logic has it. */

import { z } from 'zod';
import { optional } from './schema-parts.js';
import { configSchema } from './source-schema.js';

const ignored = z.unknown().optional().meta({ description: 'Set by the API, and ignored in requests' });

const SCHEMA_REF = {
  description: 'What kind of source it is.',
  form: '`{"type": "Mimecast"}`',
  examples: [{ type: 'Mimecast' }],
};

export const sourceSchema = z.strictObject({
  config: configSchema.meta({ description: 'The configuration of the source: the keys below.', form: 'object' }),
  schemaRef: z
    .strictObject({ type: z.literal('Mimecast', { error: 'must be "Mimecast"' }), version: ignored })
    .meta(SCHEMA_REF),
  sourceType: z
    .literal('Universal', { error: 'must be "Universal"' })
    .meta({ description: 'The family of sources that it belongs to.', form: '`Universal`', examples: ['Universal'] }),
  id: ignored,
  alive: ignored,
  state: ignored,
  status: ignored,
  name: ignored,
  category: ignored,
});

export const fileSchema = z.strictObject({
  'api.version': optional(z.literal('v1', { error: 'must be "v1"' }), undefined).meta({
    description: 'Version of the format.',
    form: '`v1`',
    examples: ['v1'],
  }),
  source: sourceSchema,
});
