/** What is done to a source beside its configuration: `action/…`, and the trial of a configuration. */

import { z } from 'zod';
import { SECRET_MASK } from '../../../config/source-config.js';
import { testConnection } from '../../connection-test.js';
import { RefusedError } from '../../errors.js';
import { NO_SECRET_YET } from '../../source-secrets.js';
import { INITIATED, SourceSteering, STEERING } from '../../source-steering.js';
import { actorOf } from '../authentication.js';
import { collectorParams, flatErrors, sourceParams } from '../schemas/common.js';
import { fileFrom, type SourceBody, sourceBody } from '../schemas/source.js';
import type { Routes, Services } from '../services.js';

const tags = ['Sources'];

const SUMMARY = {
  restart: 'Restarts a source: validates, gets a new token, goes on from the checkpoints',
  stop: 'Stops a source; its configuration and checkpoints stay',
  start: 'Starts a stopped source again',
  collectNow: 'Polls at once instead of at the next interval',
} as const;

const trial = z
  .object({
    valid: z.boolean(),
    mistakes: z.array(z.string()),
    connection: z
      .object({
        ok: z.boolean(),
        ms: z.number().int(),
        errorType: z.string().optional(),
        errorCode: z.string().optional(),
        errorInfo: z.string().optional(),
      })
      .optional()
      .describe('Result of a token call; absent when the configuration is invalid'),
  })
  .meta({ id: 'Trial' });

export const sourceActionRoutes: Routes = (app, services) => {
  const { collectors, editor } = services;
  const steering = new SourceSteering(services);
  for (const action of STEERING) {
    app.post(
      `/collectors/:cid/sources/:sid/action/${action}`,
      {
        schema: {
          tags,
          summary: SUMMARY[action],
          params: sourceParams,
          response: { 200: z.object({ message: z.string() }), ...flatErrors },
        },
      },
      async (request) => {
        const source = await editor.get(request.params.cid, request.params.sid);
        await steering.steer(source, action, actorOf(request));
        return { message: INITIATED[action] };
      },
    );
  }
  app.post(
    '/collectors/:cid/sources/validate',
    {
      schema: {
        tags,
        summary: 'Tries a configuration without saving it: every mistake in it, and whether Mimecast gives a token',
        params: collectorParams,
        body: sourceBody,
        response: { 200: trial, ...flatErrors },
      },
    },
    async ({ params, body }) => {
      await collectors.get(params.cid);
      return tryOut(services, params.cid, body);
    },
  );
};

async function tryOut(services: Services, collectorId: number, body: SourceBody): Promise<z.input<typeof trial>> {
  const { collections, editor, allowInsecure } = services;
  try {
    const { name, baseUrl, clientID, clientSecret } = editor.parse(fileFrom(body));
    const { id } = body.source;
    const holder = await collections.sources.findOne({ collectorId, name });
    const secret = clientSecret === SECRET_MASK ? await storedSecret(services, collectorId, id) : clientSecret;
    const mistakes = [
      ...(holder === null || holder._id === id
        ? []
        : [`source.config.name: "${name}" is the name of the source ${holder._id} already`]),
      ...(secret === undefined ? [NO_SECRET_YET] : []),
    ];
    if (mistakes.length > 0 || secret === undefined) return { valid: false, mistakes };
    const connection = await testConnection({ baseUrl, clientId: clientID, clientSecret: secret, allowInsecure });
    return { valid: true, mistakes, connection };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { valid: false, mistakes: error.mistakes.length > 0 ? [...error.mistakes] : [error.message] };
  }
}

async function storedSecret(
  { collections, keyring }: Services,
  collectorId: number,
  sourceId: number | undefined,
): Promise<string | undefined> {
  if (sourceId === undefined || keyring === undefined) return undefined;
  const stored = await collections.sources.findOne({ _id: sourceId, collectorId });
  return stored?.secret === undefined ? undefined : keyring.decrypt(stored.secret);
}
