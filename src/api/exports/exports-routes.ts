/** `…/exports`: exports of the past, to start, to follow and to cancel. */

import { z } from 'zod';
import { PAST_EXPORT_STATES, type PastExport } from '../../domain/export/past-export.js';
import { present } from '../../domain/present.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { PastExports } from '../../management/past-exports/past-exports.js';
import { actorOf } from '../common/authentication.js';
import { flatErrors, idText, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const tags = ['Export'];
const address = '/collectors/:cid/sources/:sid/exports';
const params = sourceParams.extend({ eid: idText });
const text = (description: string, most = 1_024) => z.string().max(most).optional().describe(description);

const wish = z.strictObject({
  from: z.string().max(64).describe('Time of the oldest records: an ISO time, or an age such as 30d'),
  to: text('The same, and not a part of the range; default now', 64),
  streams: z.array(z.enum(STREAMS)).optional().describe('Default: all'),
  bucket: text('Default, like all that follow: as the export of the source has it'),
  region: text('Region of the bucket'),
  endpoint: text('Address of an S3-compatible store'),
  pathStyle: z.boolean().optional().describe('Whether the bucket is named in the path of a request'),
  prefix: text('Put before all keys of objects'),
  form: text('`received`, `ecs` or `ocsf`'),
  accessKeyId: text(
    'Key to write with. Without key and role, those of the source’s export at its own endpoint, else the workers’ own credentials',
  ),
  secretAccessKey: text('Secret of that key; stored encrypted, and forgotten when the export ends').meta({
    writeOnly: true,
  }),
  sessionToken: text('Session token of a temporary key', 4_096).meta({ writeOnly: true }),
  roleArn: text('ARN of a role to assume, with the key, or else with the workers’ own credentials'),
  externalId: text('External ID that the role’s trust policy asks for', 1_224),
  roleSessionName: text('Name of the role’s sessions; default `mimecast-source`', 64),
  stsEndpoint: text('Address of the service (STS) where the role is assumed'),
});

const counts = {
  objects: z.number().int().describe('Objects that are in the bucket now'),
  records: z.number().int().describe('Records in them'),
  existing: z.number().int().describe('Of the objects, those that an earlier export has written'),
};

const pastExport = z
  .object({
    id: z.number().int(),
    sourceId: z.number().int(),
    state: z.enum(PAST_EXPORT_STATES),
    from: z.iso.datetime(),
    to: z.iso.datetime().describe('Not a part of the range'),
    bucket: z.string(),
    region: z.string(),
    endpoint: z.string().optional(),
    prefix: z.string(),
    form: z.string(),
    ...counts,
    streams: z.array(z.object({ stream: z.enum(STREAMS), done: z.boolean(), ...counts })),
    startedAt: z.iso.datetime(),
    startedBy: z.string().describe('Access ID of a key, or `cli`'),
    endedAt: z.iso.datetime().optional(),
    lastObject: z
      .object({ key: z.string(), records: z.number().int(), isNew: z.boolean() })
      .optional()
      .describe('The last one that was written, or found'),
    problem: z
      .object({
        type: z.string(),
        code: z.string(),
        message: z.string(),
        advice: z.string().optional(),
        since: z.iso.datetime(),
      })
      .optional()
      .describe('What fails at the moment, or why it failed'),
  })
  .meta({ id: 'PastExport' });

export const exportRoutes: Routes = (app, { collections, client, editor, allowInsecure, keyring }) => {
  const exports = new PastExports({ collections, client, allowInsecure, keyring });
  app.post(
    address,
    {
      schema: {
        tags,
        summary:
          'Starts to write stored records of a range of time to a bucket; the same once more, while it runs, starts no second one',
        params: sourceParams,
        body: wish,
        response: { 200: pastExport, ...flatErrors },
      },
    },
    async (request) => {
      const { cid, sid } = request.params;
      await editor.get(cid, sid);
      return show(await exports.start(String(sid), present(request.body), actorOf(request)));
    },
  );
  app.get(
    address,
    {
      schema: {
        tags,
        summary: 'The exports of the past of a source, at most 50, the newest first',
        params: sourceParams,
        response: { 200: z.object({ exports: z.array(pastExport) }), ...flatErrors },
      },
    },
    async ({ params: { cid, sid } }) => {
      await editor.get(cid, sid);
      return { exports: (await exports.list(sid)).map(show) };
    },
  );
  app.get(
    `${address}/:eid`,
    {
      schema: { tags, summary: 'Progress or result of one', params, response: { 200: pastExport, ...flatErrors } },
    },
    async ({ params: { cid, sid, eid } }) => {
      await editor.get(cid, sid);
      return show(await exports.get(sid, eid));
    },
  );
  app.delete(
    `${address}/:eid`,
    {
      schema: {
        tags,
        summary: 'Cancels one that is running; what it wrote is kept',
        params,
        response: { 200: pastExport, ...flatErrors },
      },
    },
    async (request) => {
      const { cid, sid, eid } = request.params;
      await editor.get(cid, sid);
      return show(await exports.cancel(String(sid), eid, actorOf(request)));
    },
  );
};

function show({ streams, ...rest }: PastExport): z.input<typeof pastExport> {
  return { ...rest, streams: [...streams] };
}
