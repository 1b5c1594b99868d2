/** What Sumo Logic's API does not have: all sources with their states, and what is known of each. */

import { z } from 'zod';
import { SOURCE_FILE_JSON_SCHEMA } from '../../config/json-schema.js';
import { present } from '../../domain/present.js';
import { statesOf } from '../../management/sources/shown-state.js';
import { collectorNames } from '../../store/collectors.js';
import { gapsPage } from '../../store/gaps.js';
import { quarantinePage } from '../../store/quarantine.js';
import { allSources } from '../../store/sources.js';
import { flatErrors, pageOf, pageQuery, shown, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { showSourceEvent, sourceEvent } from '../events/source-event.js';
import { listedSource, showListed } from '../sources/source-resource.js';

const tags = ['Overview'];

const gap = z.object({
  stream: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  reason: z.string(),
  noticedAt: z.iso.datetime(),
});

const quarantined = z.object({
  id: z.string(),
  stream: z.string(),
  place: z.string().describe('File and line, or page and index'),
  reason: z.string(),
  text: z.string().describe('Its first 10,000 characters'),
  size: z.number().int().describe('Whole length in bytes'),
  at: z.iso.datetime(),
  resolvedAt: z.iso.datetime().optional(),
});

/** Of the text in quarantine, in characters. */
const SHOWN_TEXT = 10_000;

export const overviewRoutes: Routes = (app, { collections, client, editor, sources }) => {
  app.get(
    '/sources',
    {
      schema: {
        tags,
        summary: 'All sources over all collectors, with their states',
        response: { 200: z.object({ sources: z.array(listedSource) }), ...flatErrors },
      },
    },
    async () => {
      const [all, names] = await Promise.all([allSources(collections), collectorNames(collections)]);
      const stated = await statesOf({ collections, client }, all);
      return { sources: stated.map((one) => showListed(one, names.get(one.source.collectorId) ?? '')) };
    },
  );
  app.get(
    '/sources/schema',
    {
      schema: {
        tags,
        summary: 'JSON Schema of the file of a source, for forms and editors',
        response: { 200: z.record(z.string(), z.unknown()), ...flatErrors },
      },
    },
    async () => ({ ...SOURCE_FILE_JSON_SCHEMA }),
  );
  app.get(
    '/collectors/:cid/sources/:sid/snapshot',
    {
      schema: {
        tags,
        summary: 'The whole state of a source: lifecycle, health, problems, each stream, the newest gaps',
        params: sourceParams,
        response: { 200: z.looseObject({ sourceId: z.number().int(), state: z.string() }), ...flatErrors },
      },
    },
    async ({ params }) => {
      const { _id } = await editor.get(params.cid, params.sid);
      return { ...(await sources.status(String(_id))) };
    },
  );
  app.get(
    '/collectors/:cid/sources/:sid/healthEvents',
    {
      schema: {
        tags,
        summary: 'The health events of a source: those that are open, and the newest ones, ended or not',
        params: sourceParams,
        response: { 200: z.object({ open: z.array(sourceEvent), recent: z.array(sourceEvent) }), ...flatErrors },
      },
    },
    async ({ params }) => {
      const { _id } = await editor.get(params.cid, params.sid);
      const { open, recent } = await sources.health(String(_id));
      return { open: open.map(showSourceEvent), recent: recent.map(showSourceEvent) };
    },
  );
  app.get(
    '/collectors/:cid/sources/:sid/gaps',
    {
      schema: {
        tags,
        summary: 'Times whose records are permanently missing, newest first',
        params: sourceParams,
        querystring: pageQuery,
        response: { 200: pageOf(gap), ...flatErrors },
      },
    },
    async ({ params, query }) => {
      const { _id } = await editor.get(params.cid, params.sid);
      return shown(await gapsPage(collections, _id, query), ({ stream, from, to, reason, at }) => {
        return { stream, from: from.toISOString(), to: to.toISOString(), reason, noticedAt: at.toISOString() };
      });
    },
  );
  app.get(
    '/collectors/:cid/sources/:sid/quarantine',
    {
      config: { audits: 'source.quarantine.read' },
      schema: {
        tags,
        summary: 'What could not be read as records, the newest first',
        params: sourceParams,
        querystring: pageQuery,
        response: { 200: pageOf(quarantined), ...flatErrors },
      },
    },
    async ({ params, query }) => {
      const source = await editor.get(params.cid, params.sid);
      const page = await quarantinePage(collections, source._id, query);
      return shown(page, ({ _id, stream, place, reason, text, size, at, resolvedAt }) => ({
        ...{ id: _id.toString('hex'), stream, place, reason, text: text.slice(0, SHOWN_TEXT), size },
        at: at.toISOString(),
        ...present({ resolvedAt: resolvedAt?.toISOString() }),
      }));
    },
  );
};
