/** `/connections`: where people are told of health events, for administrators (after Sumo Logic's Connections API). */

import { z } from 'zod';
import { connectionChange, connectionInput } from '../../config/connection-schema.js';
import { CONNECTION_LIMITS, CONNECTION_TYPES, SEVERITY_LEVELS } from '../../domain/alerts/connection.js';
import type { ShownConnection } from '../../management/alerts/shown-connection.js';
import { actorOf } from '../common/authentication.js';
import { flatErrors, nothing } from '../common/common-schemas.js';
import { etagOf, mayChange } from '../common/etag.js';
import type { Routes } from '../common/services.js';

const tags = ['Connections'];
const config = { isForAdministrators: true } as const;
const params = z.object({ id: z.string().max(CONNECTION_LIMITS.name).describe('Its id or its name') });

const fields = {
  id: z.string(),
  name: z.string(),
  type: z.enum(CONNECTION_TYPES),
  isEnabled: z.boolean(),
  severityLevel: z.enum(SEVERITY_LEVELS).describe('The least that is told'),
  collectorIds: z.array(z.int()).readonly().optional().describe('Absent: all collectors'),
  groupingWindow: z.string(),
  target: z
    .record(z.string(), z.unknown())
    .describe('What may be seen of it; `host` stands for an address that may hold a secret'),
  createdAt: z.iso.datetime(),
  revision: z.int().describe('How often it was saved'),
  delivery: z.object({
    lastAcceptedAt: z.iso.datetime().optional(),
    problem: z.string().optional().describe('Why the last message was not accepted; absent once one is'),
    problemAt: z.iso.datetime().optional(),
    pausedUntil: z.iso.datetime().optional().describe('Until when nothing is sent'),
    pending: z.int().describe('Messages that wait to be sent'),
    undelivered: z.int().describe('Messages that were not accepted within a day: given up'),
  }),
};

const connection = z.object(fields).meta({ id: 'Connection' });
const saved = z
  .object({
    ...fields,
    secret: z.string().optional().describe('Of a webhook whose secret was made by the server: shown only once'),
  })
  .meta({ id: 'SavedConnection' });
const tested = z.object({
  isAccepted: z.boolean(),
  answer: z.string().describe('What the target answered, or why there is no answer'),
});

export const connectionRoutes: Routes = (app, { connections }) => {
  app.get(
    '/connections',
    {
      config,
      schema: {
        tags,
        summary: 'All alert connections, with how their last deliveries went',
        response: { 200: z.object({ data: z.array(connection) }), ...flatErrors },
      },
    },
    async () => ({ data: await connections.list() }),
  );
  app.post(
    '/connections',
    {
      config,
      schema: {
        tags,
        summary: 'Creates an alert connection, which is told of what is open and of all that comes',
        body: connectionInput,
        response: { 200: saved, ...flatErrors },
      },
    },
    async (request, reply) => {
      const made = await connections.create(request.body, actorOf(request));
      reply.header('etag', tagOf(made));
      return made;
    },
  );
  app.get(
    '/connections/:id',
    {
      config,
      schema: {
        tags,
        summary: 'An alert connection, and its ETag',
        params,
        response: { 200: connection, ...flatErrors },
      },
    },
    async ({ params: { id } }, reply) => {
      const found = await connections.get(id);
      reply.header('etag', tagOf(found));
      return found;
    },
  );
  app.patch(
    '/connections/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Changes an alert connection: absent keys stay as they are. With If-Match, only if it is unchanged',
        params,
        body: connectionChange,
        response: { 200: saved, ...flatErrors },
      },
    },
    async (request, reply) => {
      const changed = await connections.update(request.params.id, request.body, {
        actor: actorOf(request),
        mayChange: (current) => mayChange(request.headers['if-match'], tagOf(current)),
      });
      reply.header('etag', tagOf(changed));
      return changed;
    },
  );
  app.delete(
    '/connections/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Deletes an alert connection, and the messages that wait for it',
        params,
        response: { 204: nothing, ...flatErrors },
      },
    },
    async (request, reply) => {
      await connections.remove(request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );
  app.post(
    '/connections/:id/test',
    {
      config,
      schema: {
        tags,
        summary: 'Sends a test message at once, and says what the target answered',
        params,
        response: { 200: tested, ...flatErrors },
      },
    },
    async (request) => connections.test(request.params.id, actorOf(request)),
  );
};

function tagOf({ id, revision }: Pick<ShownConnection, 'id' | 'revision'>): string {
  return etagOf(['connection', id, revision]);
}
