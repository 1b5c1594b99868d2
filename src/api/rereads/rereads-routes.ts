/** `…/rereads/{backfill|verify}`: reading a range of a source again, to store what is missing or to tell what is. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { REREAD_KINDS, type RereadReport } from '../../domain/rereads/reread.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { type RereadProgress, RereadService } from '../../management/rereads/reread-service.js';
import { actorOf } from '../common/authentication.js';
import { flatErrors, pageOf, pageQuery, shown, sourceParams } from '../common/common-schemas.js';
import { UnansweredError } from '../common/error-answer.js';
import type { Routes } from '../common/services.js';

const tags = ['Read again'];
const address = '/collectors/:cid/sources/:sid/rereads/:kind';
const params = sourceParams.extend({ kind: z.enum(REREAD_KINDS) });
const stream = z.enum(STREAMS);

const time = (preset: string) =>
  z.string().max(64).optional().describe(`An ISO time, or an age such as 7d; default ${preset}`);

const wish = z
  .strictObject({
    streams: z.array(stream).min(1, 'must name a stream').optional().describe('Default: all of the source'),
    from: time('the first day that the source asked for'),
    to: time('now'),
  })
  .nullish();

const range = { from: z.iso.datetime(), to: z.iso.datetime() };
const counts = z.object({
  read: z.number().int().describe('Records that Mimecast returned for the range'),
  missing: z.number().int().describe('Of those, the ones that were not stored'),
  restored: z.number().int().describe('Of those, the ones that are stored now'),
  unreadFiles: z.number().int().describe('Files that could not be read again'),
});

const report = z.object({
  sourceId: z.number().int(),
  kind: z.enum(REREAD_KINDS),
  run: z.string(),
  ...range,
  streams: z.array(
    z.object({
      stream,
      counts,
      done: z.boolean(),
      position: z.string(),
      notes: z.array(z.string()),
      failure: z.string().optional().describe('Why it was given up'),
    }),
  ),
  totals: counts,
});

const missing = z.object({
  stream,
  id: z.string().describe('`_id` of the record, hexadecimal'),
  unreadable: z.boolean().describe('Whether it could not be read as a record, and so is missing in quarantine'),
  place: z.string(),
  messageTime: z.iso.datetime().optional(),
});

const started = z.object({
  sourceId: z.number().int(),
  workflowId: z.string(),
  ...range,
  streams: z.array(stream),
});
const progress = z.object({
  state: z.string().describe('As Temporal says, such as RUNNING'),
  report: report.optional(),
});
const lastOfKind = progress.extend({ kind: z.enum(REREAD_KINDS) });

export const rereadRoutes: Routes = (app, { collections, client, editor }) => {
  const rereads = new RereadService({ collections, client });
  app.post(
    address,
    {
      schema: {
        tags,
        summary:
          'Starts to read a range again, alongside the collection: backfill stores what is missing, verify reports it',
        params,
        body: wish,
        response: { 200: started, ...flatErrors },
      },
    },
    async (request) => {
      const { cid, sid, kind } = request.params;
      await editor.get(cid, sid);
      const { streams, from, to } = request.body ?? {};
      const wanted = {
        ...present({ streams, from, to }),
      };
      const begun = await rereads.start(kind, String(sid), wanted, actorOf(request));
      return { ...begun, streams: [...begun.streams] };
    },
  );
  app.get(
    address,
    {
      schema: {
        tags,
        summary: 'Progress or result of the last one',
        params,
        response: { 200: progress, ...flatErrors },
      },
    },
    async ({ params: { cid, sid, kind } }) => {
      await editor.get(cid, sid);
      return showProgress(await rereads.report(kind, sid));
    },
  );
  app.get(
    '/collectors/:cid/sources/:sid/rereads',
    {
      schema: {
        tags,
        summary: 'The last one of each kind, if there was one',
        params: sourceParams,
        response: { 200: z.object({ rereads: z.array(lastOfKind) }), ...flatErrors },
      },
    },
    async ({ params: { cid, sid } }) => {
      await editor.get(cid, sid);
      const lasts = REREAD_KINDS.map(async (kind) => ({ kind, last: await rereads.last(kind, sid) }));
      return {
        rereads: (await Promise.all(lasts)).flatMap(({ kind, last }) =>
          last === undefined ? [] : [{ kind, ...showProgress(last) }],
        ),
      };
    },
  );
  app.delete(
    address,
    {
      schema: {
        tags,
        summary: 'Cancels the one that is running; what it stored is kept',
        params,
        response: { 200: z.object({ sourceId: z.number().int() }), ...flatErrors },
      },
    },
    async (request) => {
      const { cid, sid, kind } = request.params;
      await editor.get(cid, sid);
      return rereads.cancel(kind, String(sid), actorOf(request));
    },
  );
  app.get(
    `${address}/missing`,
    {
      schema: {
        tags,
        summary: 'Every record that the last one found missing, in no particular order',
        params,
        querystring: pageQuery,
        response: { 200: pageOf(missing), ...flatErrors },
      },
    },
    async ({ params: { cid, sid, kind }, query }) => {
      await editor.get(cid, sid);
      const last = (await rereads.report(kind, sid)).report;
      // There was one, but nobody says which: that may not look as if there was none.
      if (last === undefined) throw new UnansweredError();
      return shown(await rereads.missingPage(last.run, query), (record) => record);
    },
  );
};

function showProgress({ state, report }: RereadProgress): z.input<typeof progress> {
  return { state, ...(report === undefined ? {} : { report: show(report) }) };
}

function show({ streams, ...rest }: RereadReport): z.input<typeof report> {
  return { ...rest, streams: streams.map(({ notes, ...one }) => ({ ...one, notes: [...notes] })) };
}
