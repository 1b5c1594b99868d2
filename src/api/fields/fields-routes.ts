/** `/fields`: the schema of the fields (Sumo Logic's Field Management API). */

import { z } from 'zod';
import { actorOf } from '../common/authentication.js';
import { newerErrors } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const tags = ['Fields'];
const field = z
  .object({ fieldName: z.string(), fieldId: z.string(), dataType: z.string(), state: z.string() })
  .meta({ id: 'Field' });
const one = { 200: field, ...newerErrors } as const;
const many = { 200: z.object({ data: z.array(field) }), ...newerErrors } as const;
const none = { 204: z.undefined().describe('Done; no body'), ...newerErrors } as const;
const params = z.object({ fieldId: z.string().max(64, 'must be an id: 16 hexadecimal digits') });

/** Terraform's provider always sends all four keys, empty where nobody set them. */
const body = z.strictObject({
  fieldName: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters'),
  fieldId: z.literal('', { error: 'must be empty: the server assigns the id' }).optional(),
  dataType: z.enum(['', 'String', 'Long', 'Int', 'Double', 'Boolean']).optional(),
  state: z.enum(['', 'Enabled', 'Disabled']).optional(),
});

export const fieldRoutes: Routes = (app, { fields }) => {
  app.get('/fields', { schema: { tags, summary: 'All custom fields', response: many } }, async () => ({
    data: [...(await fields.list())],
  }));
  app.post('/fields', { schema: { tags, summary: 'Adds a field', body, response: one } }, async (request) => {
    const { fieldId: _empty, ...wanted } = request.body;
    return fields.create(wanted, actorOf(request));
  });
  app.get('/fields/builtin', { schema: { tags, summary: 'The built-in fields', response: many } }, async () => ({
    data: [...fields.builtin()],
  }));
  app.get(
    '/fields/builtin/:fieldId',
    { schema: { tags, summary: 'A built-in field', params, response: one } },
    async (request) => {
      return fields.getBuiltin(request.params.fieldId);
    },
  );
  app.get(
    '/fields/dropped',
    {
      schema: {
        tags,
        summary: 'Fields whose values are dropped because the schema does not have them, or has them disabled',
        response: { 200: z.object({ data: z.array(z.object({ fieldName: z.string() })) }), ...newerErrors },
      },
    },
    async () => ({ data: (await fields.dropped()).map(({ fieldName }) => ({ fieldName })) }),
  );
  app.get(
    '/fields/quota',
    {
      schema: {
        tags,
        summary: 'The maximum number of fields, and how many can still be added',
        response: { 200: z.object({ quota: z.number().int(), remaining: z.number().int() }), ...newerErrors },
      },
    },
    async () => fields.quota(),
  );
  app.get('/fields/:fieldId', { schema: { tags, summary: 'A field', params, response: one } }, async (request) =>
    fields.get(request.params.fieldId),
  );
  app.delete(
    '/fields/:fieldId',
    { schema: { tags, summary: 'Deletes a field that is not in use', params, response: none } },
    async (request, reply) => {
      await fields.remove(request.params.fieldId, actorOf(request));
      return reply.code(204).send();
    },
  );
  app.put(
    '/fields/:fieldId/enable',
    { schema: { tags, summary: 'Enables a field', params, response: none } },
    async (request, reply) => {
      await fields.setState(request.params.fieldId, 'Enabled', actorOf(request));
      return reply.code(204).send();
    },
  );
  app.delete(
    '/fields/:fieldId/disable',
    { schema: { tags, summary: 'Disables a field: new records lose it', params, response: none } },
    async (request, reply) => {
      await fields.setState(request.params.fieldId, 'Disabled', actorOf(request));
      return reply.code(204).send();
    },
  );
};
