/** `/collectors`: list, read, create, replace, delete. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { settingsOf } from '../../management/collectors/collector-service.js';
import { CodedRefusal } from '../../management/common/errors.js';
import { invalid } from '../../management/refusals.js';
import type { CollectorDocument } from '../../store/collectors.js';
import { verbatimName } from '../common/addresses.js';
import { actorOf } from '../common/authentication.js';
import { collectorParams, flag, flatErrors, nothing, underWay, wholeNumber } from '../common/common-schemas.js';
import { etagOf, mayChange } from '../common/etag.js';
import type { Routes } from '../common/services.js';
import { collectorBody, settingsFrom, showCollector, shownCollector } from './collector-resource.js';

const one = { 200: z.object({ collector: shownCollector }), ...flatErrors } as const;
const many = { 200: z.object({ collectors: z.array(shownCollector) }), ...flatErrors } as const;
const tags = ['Collectors'];
const offlineQuery = z.strictObject({ aliveBeforeDays: wholeNumber(1, 100_000, 100) });

const saving = z.strictObject({ autoAddFields: flag.describe('Adds the fields that the schema does not have yet') });

const tagOf = (collector: CollectorDocument) => etagOf([collector._id, settingsOf(collector)]);

const optionsOf = (request: FastifyRequest, { autoAddFields }: z.output<typeof saving>) => ({
  actor: actorOf(request),
  addFields: autoAddFields === 'true',
});

export const collectorRoutes: Routes = (app, { collectors, removal }) => {
  const answer = (reply: FastifyReply, collector: CollectorDocument) => {
    reply.header('etag', tagOf(collector));
    return { collector: showCollector(collector) };
  };
  /** By the name of the address with its escapes undone, or by what stands there letter by letter. */
  const named = async (decoded: string, verbatim = decoded) => {
    try {
      return await collectors.byName(decoded);
    } catch (error) {
      if (verbatim === decoded || !(error instanceof CodedRefusal)) throw error;
      return collectors.byName(verbatim);
    }
  };
  const querystring = z.strictObject({
    filter: z.enum(['installed', 'hosted', 'dead', 'alive']).optional(),
    limit: wholeNumber(1, 1_000, 1_000),
    offset: wholeNumber(0, 999_999_999, 0),
  });
  app.get(
    '/collectors',
    { schema: { tags, summary: 'All collectors, page by page until one is short', querystring, response: many } },
    async ({ query }) => ({ collectors: (await collectors.list(query)).map(showCollector) }),
  );
  app.get(
    '/collectors/offline',
    {
      schema: {
        tags,
        summary: 'Installed collectors that are offline: none',
        querystring: offlineQuery,
        response: many,
      },
    },
    async () => ({ collectors: [] }),
  );
  app.delete(
    '/collectors/offline',
    {
      schema: {
        tags,
        summary: 'Deletes installed collectors that are offline: there are none',
        querystring: offlineQuery,
        response: { 200: { description: 'Done', content: { 'text/plain': { schema: z.string() } } }, ...flatErrors },
      },
    },
    async () => 'A delete task for offline collectors has been initiated.',
  );
  app.get(
    '/collectors/name/*',
    {
      schema: {
        tags,
        summary:
          'The collector with this name, which may contain any character, escaped or not, with or without a trailing slash',
        params: z.object({ '*': z.string() }),
        response: one,
      },
    },
    async ({ params, originalUrl }, reply) => answer(reply, await named(params['*'], verbatimName(originalUrl))),
  );
  app.get(
    '/collectors/:cid',
    { schema: { tags, summary: 'One collector, with its ETag', params: collectorParams, response: one } },
    async ({ params }, reply) => answer(reply, await collectors.get(params.cid)),
  );
  app.post(
    '/collectors',
    {
      schema: { tags, summary: 'Creates a hosted collector', querystring: saving, body: collectorBody, response: one },
    },
    async (request, reply) => {
      const made = await collectors.create(settingsFrom(request.body.collector), optionsOf(request, request.query));
      return answer(reply, made);
    },
  );
  app.put(
    '/collectors/:cid',
    {
      schema: {
        tags,
        summary:
          'Replaces the configuration of a collector; absent keys are cleared. With If-Match, only if it is unchanged',
        params: collectorParams,
        querystring: saving,
        body: collectorBody,
        response: one,
      },
    },
    async (request, reply) => {
      const { cid } = request.params;
      const { id } = request.body.collector;
      if (id !== undefined && id !== cid)
        throw invalid(`collector.id: must be ${cid}, the id in the address (found ${id})`);
      const mayReplace = (current: CollectorDocument) => mayChange(request.headers['if-match'], tagOf(current));
      const options = { ...optionsOf(request, request.query), mayReplace };
      return answer(reply, await collectors.replace(cid, settingsFrom(request.body.collector), options));
    },
  );
  app.delete(
    '/collectors/:cid',
    {
      schema: {
        tags,
        summary: 'Deletes a collector and its sources, which are stopped first. Their records are kept',
        params: collectorParams,
        response: { 200: nothing, 202: underWay, ...flatErrors },
      },
    },
    async (request, reply) => {
      const isGone = await removal.removeCollector(request.params.cid, actorOf(request));
      return reply.code(isGone ? 200 : 202).send();
    },
  );
};
