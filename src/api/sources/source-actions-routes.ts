/** What is done to a source beside its configuration: `action/…`, and the trial of a configuration. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { positionResetFor } from '../../management/sources/position-reset-request.js';
import { referenceOf } from '../../management/sources/source-directory.js';
import { INITIATED, SourceSteering, type Steering } from '../../management/sources/source-steering.js';
import { tryOut } from '../../management/sources/source-trial.js';
import { actorOf } from '../common/authentication.js';
import { collectorParams, flatErrors, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { fileFrom, sourceBody } from './source-resource.js';

const tags = ['Sources'];

const SUMMARY = {
  restart: 'Restarts a source: validates, gets a new token, resumes from the checkpoints',
  stop: 'Stops a source; its configuration and checkpoints are kept',
  start: 'Starts a stopped source again',
} as const;
const WITHOUT_BODY = ['restart', 'stop', 'start'] as const satisfies readonly Steering[];

const collectWish = z
  .strictObject({
    streams: z
      .array(z.enum(STREAMS))
      .min(1, 'must name one stream at least; leave it out to poll all')
      .max(STREAMS.length, `must not name more than ${STREAMS.length} streams`)
      .optional()
      .describe('The streams to poll; the others keep their next poll. Default: all that are caught up'),
  })
  .nullish();

const connectionResult = z.object({
  ok: z.boolean(),
  ms: z.number().int(),
  bucket: z.string().optional().describe('The bucket that was tried, in place of a token call'),
  proxy: z.string().optional().describe('Host and port of the proxy that was used'),
  errorType: z.string().optional(),
  errorCode: z.string().optional(),
  errorInfo: z.string().optional(),
});

const trial = z
  .object({
    valid: z.boolean(),
    mistakes: z.array(z.string()),
    connection: connectionResult
      .optional()
      .describe(
        'Result of a token call, or of listing the bucket; absent when the configuration is invalid, or the credentials are those of the workers',
      ),
    export: connectionResult
      .optional()
      .describe(
        'Whether the export may write to its bucket, tried with an upload that is aborted; absent without an export, and as for `connection`',
      ),
  })
  .meta({ id: 'Trial' });

const positionWish = z.strictObject({
  stream: z.string().max(64).describe('Such as `receipt`'),
  from: z
    .string()
    .max(64)
    .optional()
    .describe('An ISO time, or an age such as 7d; default: the end of what is known to be complete'),
});
const positionReset = z.object({ message: z.string(), stream: z.enum(STREAMS), from: z.iso.datetime().optional() });

export const sourceActionRoutes: Routes = (app, services) => {
  const { collectors, editor } = services;
  const steering = new SourceSteering(services);
  for (const action of WITHOUT_BODY) {
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
        await steering.steer(referenceOf(source), action, actorOf(request));
        return { message: INITIATED[action] };
      },
    );
  }
  app.post(
    '/collectors/:cid/sources/:sid/action/collectNow',
    {
      schema: {
        tags,
        summary: 'Polls at once instead of at the next interval: all streams that are caught up, or some',
        description:
          'If one of the named streams cannot be polled now, as it is parked, being retried, being collected already, or not configured, none is: the answer is 409 and says why.',
        params: sourceParams,
        body: collectWish,
        response: { 200: z.object({ message: z.string() }), ...flatErrors },
      },
    },
    async (request) => {
      const source = referenceOf(await editor.get(request.params.cid, request.params.sid));
      return { message: await steering.collectNow(source, present(request.body ?? {}), actorOf(request)) };
    },
  );
  app.post(
    '/collectors/:cid/sources/:sid/action/resetPosition',
    {
      schema: {
        tags,
        summary: 'Collects a stream again from a date; duplicates are skipped',
        params: sourceParams,
        body: positionWish,
        response: { 200: positionReset, ...flatErrors },
      },
    },
    async (request) => {
      const source = await editor.get(request.params.cid, request.params.sid);
      const reset = positionResetFor(request.body, Date.now());
      await steering.resetPosition(referenceOf(source), reset, actorOf(request));
      return { message: 'The stream is being collected again from a date.', ...reset };
    },
  );
  app.post(
    '/collectors/:cid/sources/validate',
    {
      schema: {
        tags,
        summary:
          'Tries a configuration without saving it: every mistake in it, whether Mimecast gives a token or the bucket can be listed, and whether its export can write',
        params: collectorParams,
        body: sourceBody,
        response: { 200: trial, ...flatErrors },
      },
    },
    async ({ params, body }) => {
      await collectors.get(params.cid);
      const { mistakes, ...result } = await tryOut(services, {
        collectorId: params.cid,
        id: body.source.id,
        file: fileFrom(body),
      });
      return { ...result, mistakes: [...mistakes] };
    },
  );
};
