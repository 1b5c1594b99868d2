/** `/collectors/{cid}/sources`: list, read, create, replace, delete. */

import { z } from 'zod';
import { invalid } from '../../management/refusals.js';
import { type StatedSource, statesOf } from '../../management/sources/shown-state.js';
import { type SourceDocument, sourcesOfCollector } from '../../store/sources.js';
import { actorOf } from '../common/authentication.js';
import { collectorParams, flag, flatErrors, nothing, sourceParams, underWay } from '../common/common-schemas.js';
import { etagOf, isConditional, mayChange } from '../common/etag.js';
import type { Routes } from '../common/services.js';
import {
  apiVersion,
  downloadedSource,
  fileFrom,
  fileOf,
  shownSource,
  showSource,
  sourceBody,
} from './source-resource.js';

const tags = ['Sources'];
const reading = z.strictObject({
  download: flag.describe('true: as in a file, without the parts that the server sets'),
});
const saving = z.strictObject({ autoAddFields: flag.describe('Adds the fields that the schema does not have yet') });
const one = { 200: z.object({ source: shownSource }), ...flatErrors } as const;

/** Every saved version of a configuration has a number. */
const tagOf = ({ _id, version }: SourceDocument) => etagOf(['source', _id, version]);
/** Before its workflow has said anything. */
const unheard = (source: SourceDocument): Pick<StatedSource, 'source' | 'state'> => ({
  source,
  state: { state: 'Pending' },
});

export const sourceRoutes: Routes = (app, { collections, client, collectors, editor, removal }) => {
  const stated = async (source: SourceDocument) => {
    const [known = unheard(source)] = await statesOf({ collections, client }, [source]);
    return known;
  };

  app.get(
    '/collectors/:cid/sources',
    {
      schema: {
        tags,
        summary: 'The sources of a collector',
        params: collectorParams,
        querystring: reading,
        response: {
          200: z.union([
            z.object({ 'api.version': apiVersion, sources: z.array(downloadedSource) }),
            z.object({ sources: z.array(shownSource) }),
          ]),
          ...flatErrors,
        },
      },
    },
    async ({ params, query }) => {
      const collector = await collectors.get(params.cid);
      const found = await sourcesOfCollector(collections, collector._id);
      if (query.download === 'true') return { 'api.version': 'v1' as const, sources: found.map(fileOf) };
      return { sources: (await statesOf({ collections, client }, found)).map(showSource) };
    },
  );
  app.get(
    '/collectors/:cid/sources/:sid',
    {
      schema: {
        tags,
        summary: 'One source, with its ETag',
        params: sourceParams,
        querystring: reading,
        response: {
          200: z.union([
            z.object({ 'api.version': apiVersion, source: downloadedSource }),
            z.object({ source: shownSource }),
          ]),
          ...flatErrors,
        },
      },
    },
    async ({ params, query }, reply) => {
      const source = await editor.get(params.cid, params.sid);
      reply.header('etag', tagOf(source));
      if (query.download === 'true') return { 'api.version': 'v1' as const, source: fileOf(source) };
      return { source: showSource(await stated(source)) };
    },
  );
  app.post(
    '/collectors/:cid/sources',
    {
      schema: {
        tags,
        summary: 'Creates a source and starts it',
        params: collectorParams,
        querystring: saving,
        body: sourceBody,
        response: one,
      },
    },
    async (request, reply) => {
      const source = await editor.create(request.params.cid, fileFrom(request.body), {
        actor: actorOf(request),
        addFields: request.query.autoAddFields === 'true',
      });
      reply.header('etag', tagOf(source));
      return { source: showSource(unheard(source)) };
    },
  );
  app.put(
    '/collectors/:cid/sources/:sid',
    {
      schema: {
        tags,
        summary:
          'Replaces the configuration of a source and restarts the source with it; an identical one changes nothing. ' +
          '******** keeps the stored secret. With If-Match only if unchanged',
        params: sourceParams,
        querystring: saving,
        body: sourceBody,
        response: one,
      },
    },
    async (request, reply) => {
      const { cid, sid } = request.params;
      const { id } = request.body.source;
      if (id !== undefined && id !== sid)
        throw invalid(`source.id: must be ${sid}, the id in the address (found ${id})`);
      const source = await editor.replace(cid, sid, fileFrom(request.body), {
        actor: actorOf(request),
        addFields: request.query.autoAddFields === 'true',
        ...(isConditional(request.headers['if-match'])
          ? { mayReplace: (current: SourceDocument) => mayChange(request.headers['if-match'], tagOf(current)) }
          : {}),
      });
      reply.header('etag', tagOf(source));
      // The change is made: a Temporal that is away now must not make it look as if it was not.
      return { source: showSource(await stated(source).catch(() => unheard(source))) };
    },
  );
  app.delete(
    '/collectors/:cid/sources/:sid',
    {
      schema: {
        tags,
        summary: 'Stops and deletes a source, which is Stopping until it has ended. Its records are kept',
        params: sourceParams,
        response: { 200: nothing, 202: underWay, ...flatErrors },
      },
    },
    async (request, reply) => {
      const isGone = await removal.removeSource(request.params.cid, request.params.sid, actorOf(request));
      return reply.code(isGone ? 200 : 202).send();
    },
  );
};
