/** `/accessKeys`: the keys of this API, for administrators (after Sumo Logic's Access Key Management API). */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { CodedRefusal } from '../../management/common/errors.js';
import { ApiKeyService, type ShownKey } from '../../management/keys/api-key-service.js';
import { API_ROLES } from '../../store/api-keys.js';
import { actorOf } from '../common/authentication.js';
import { newerErrors } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const tags = ['Access keys'];
const config = { isForAdministrators: true } as const;

const key = z
  .object({
    id: z.string().describe('The access ID'),
    label: z.string(),
    role: z.enum(API_ROLES),
    createdAt: z.iso.datetime(),
    createdBy: z.string().optional().describe('The access ID that made it, or cli'),
    expiresAt: z.iso.datetime().optional().describe('It works until then; absent: until it is deleted'),
    lastUsedAt: z.iso.datetime().optional().describe('To within five minutes; absent: never'),
  })
  .meta({ id: 'AccessKey' });

const newKey = key.extend({ key: z.string().describe('The access key: shown only once') }).meta({ id: 'NewAccessKey' });

const body = z.strictObject({
  label: z.string().max(128, 'must have at most 128 characters').default('').describe('What it is for'),
  role: z.enum(API_ROLES).default('administrator').describe('A viewer may only read'),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'must be an ISO time such as 2030-12-31T00:00:00Z' })
    .transform((text) => new Date(text))
    .optional()
    .describe('It works until then; default: until it is deleted'),
});

const params = z.object({ accessId: z.string().max(64) });

export const accessKeyRoutes: Routes = (app, { collections, verifier, endAnswers }) => {
  const keys = new ApiKeyService(collections);
  app.get(
    '/accessKeys',
    {
      config,
      schema: { tags, summary: 'All access keys', response: { 200: z.object({ data: z.array(key) }), ...newerErrors } },
    },
    async () => ({ data: (await keys.list()).map(show) }),
  );
  app.post(
    '/accessKeys',
    { config, schema: { tags, summary: 'Creates an access key', body, response: { 200: newKey, ...newerErrors } } },
    async (request) => {
      const made = await keys.create(request.body, actorOf(request));
      return { ...show(made), key: made.accessKey };
    },
  );
  app.delete(
    '/accessKeys/:accessId',
    {
      config,
      schema: {
        tags,
        summary:
          'Deletes an access key, except the one used for this request; other servers may accept the deleted key for up to a minute',
        params,
        response: { 204: z.undefined().describe('Done; no body'), ...newerErrors },
      },
    },
    async (request, reply) => {
      const { accessId } = request.params;
      if (accessId === actorOf(request)) throw ownKey();
      await keys.remove(accessId, actorOf(request));
      verifier.forget(accessId);
      endAnswers({ accessId });
      return reply.code(204).send();
    },
  );
};

function show({ accessId, label, role, createdBy, ...times }: ShownKey): z.input<typeof key> {
  const { createdAt, expiresAt, lastUsedAt } = times;
  return {
    ...{ id: accessId, label, role, createdAt: createdAt.toISOString() },
    ...present({ createdBy, expiresAt: expiresAt?.toISOString(), lastUsedAt: lastUsedAt?.toISOString() }),
  };
}

const ownKey = () =>
  new CodedRefusal(409, 'accesskey.in_use', 'This is the access key that you are using: delete it with another one.');
