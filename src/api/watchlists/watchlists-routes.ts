/** `/watchlists`: lists of indicators that raise a hit for each record that has one of them. */

import { z } from 'zod';
import { WATCHLIST_LIMITS } from '../../domain/watchlists/watchlist.js';
import type { Identity } from '../../management/keys/key-verifier.js';
import type { WatchlistChange, WatchlistInput } from '../../management/watchlists/watchlist-input.js';
import type { ShownWatchlist } from '../../management/watchlists/watchlist-service.js';
import { actorOf } from '../common/authentication.js';
import { flag, flatErrors, nothing, pageOf, pageQuery, shown } from '../common/common-schemas.js';
import { etagOf, mayChange } from '../common/etag.js';
import { followAnswer, followDescription, followToken, sendFollowed } from '../common/follow-answer.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import { timeText } from '../common/time-text.js';
import { indicatorList, LIST_BODY_LIMIT, strangeEntry } from '../indicators/ioc-routes.js';
import { hitEvent } from './hit-event.js';

const tags = ['Watchlists'];
const params = z.object({ id: z.string().max(WATCHLIST_LIMITS.name).describe('Its id or its name') });

const name = z.string().min(1).max(WATCHLIST_LIMITS.name);
const origin = z.string().max(1_000).describe('Where the indicators come from');
const expires = z.string().max(64).describe('ISO time from which on no hits are raised; default: never');
const webhook = z.string().max(2_000).describe('Address that hits are sent to, at least once each');

const input = z.strictObject({
  name,
  indicators: indicatorList,
  origin: origin.optional(),
  expires: expires.optional(),
  webhook: webhook.optional(),
});
const change = z.strictObject({
  name: name.optional(),
  owner: z.string().min(1).max(WATCHLIST_LIMITS.name).optional().describe('Who answers for it'),
  indicators: indicatorList.optional().describe('All that it is to have'),
  origin: origin.nullish(),
  expires: expires.nullish(),
  webhook: webhook.nullish().describe('The same address keeps its secret; another one gets a new secret'),
});

const fields = {
  id: z.string(),
  name: z.string(),
  owner: z.string().describe('Access ID of the key that created it, or `cli`, until it is changed'),
  origin: z.string().optional(),
  createdAt: z.iso.datetime(),
  revision: z.int().describe('How often it was saved'),
  expires: z.iso.datetime().optional(),
  webhook: z.string().optional().describe('Its address; for viewers only the host, as the address may hold a secret'),
  size: z.int().describe('How many indicators it has'),
  isPastSearched: z.boolean().describe('Whether all that was stored before has been searched'),
  isPastCut: z.boolean().describe('Whether more of that matches than hits are kept: the newest 100 of each indicator'),
  lastCutAt: z.iso
    .datetime()
    .optional()
    .describe('When hits were last left out: more than 10,000 of an indicator in a day, UTC'),
  webhookProblem: z
    .string()
    .optional()
    .describe('Why the webhook does not get its hits; absent when the last ones were accepted'),
  undelivered: z.int().optional().describe('Hits that the webhook did not accept within a day: given up'),
  hits: z.int().describe('Counted up to 1000'),
};

const watchlist = z.object(fields).meta({ id: 'Watchlist' });
const whole = z.object({ ...fields, indicators: z.array(z.string()).optional() });
const wholeQuery = z.strictObject({ indicators: flag.describe('`false` leaves the indicators out; default: `true`') });
const saved = z.object({
  ...fields,
  notUnderstood: z.array(strangeEntry),
  notUnderstoodCount: z.int(),
  webhookSecret: z
    .string()
    .optional()
    .describe(
      'Shown only once. Each request has the header `Mimecast-Source-Signature: t=<seconds>,v1=<HMAC-SHA256 of ' +
        '"<seconds>.<body>" with this secret, hexadecimal>`',
    ),
});

const hitsQuery = pageQuery.extend({
  since: timeText.describe('When they were found, included: an ISO time, or an age such as 7d; default no limit'),
  until: timeText.describe('The same, not included'),
});

export const watchlistRoutes: Routes = (app, { watchlists, keepOpen }) => {
  app.get(
    '/watchlists',
    {
      schema: {
        tags,
        summary: 'All watchlists, without their indicators',
        response: { 200: z.object({ data: z.array(watchlist) }), ...flatErrors },
      },
    },
    async ({ identity }) => ({ data: (await watchlists.list()).map((one) => shownTo(identity, one)) }),
  );
  app.post(
    '/watchlists',
    {
      bodyLimit: LIST_BODY_LIMIT,
      schema: {
        tags,
        summary: 'Creates a watchlist; what is stored already is searched in the background',
        body: input,
        response: { 200: saved, ...flatErrors },
      },
    },
    async (request, reply) => {
      const made = await watchlists.create(request.body as WatchlistInput, actorOf(request));
      reply.header('etag', tagOf(made));
      return { ...made, notUnderstood: [...made.notUnderstood] };
    },
  );
  app.get(
    '/watchlists/:id',
    {
      schema: {
        tags,
        summary: 'A watchlist with its indicators, and its ETag',
        params,
        querystring: wholeQuery,
        response: { 200: whole, ...flatErrors },
      },
    },
    async ({ params: { id }, query, identity }, reply) => {
      const { indicators, ...found } = shownTo(identity, await watchlists.get(id));
      reply.header('etag', tagOf(found));
      return query.indicators === 'false' ? found : { ...found, indicators: [...indicators] };
    },
  );
  app.patch(
    '/watchlists/:id',
    {
      bodyLimit: LIST_BODY_LIMIT,
      schema: {
        tags,
        summary:
          'Changes a watchlist: absent keys stay as they are, null clears one. What is added is answered for the past, ' +
          'too; hits that were raised stay. With If-Match only if unchanged',
        params,
        body: change,
        response: { 200: saved, ...flatErrors },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const changed = await watchlists.update(id, request.body as WatchlistChange, {
        actor: actorOf(request),
        mayChange: (current) => mayChange(request.headers['if-match'], tagOf(current)),
      });
      reply.header('etag', tagOf(changed));
      return { ...changed, notUnderstood: [...changed.notUnderstood] };
    },
  );
  app.delete(
    '/watchlists/:id',
    {
      schema: { tags, summary: 'Deletes a watchlist and its hits', params, response: { 204: nothing, ...flatErrors } },
    },
    async (request, reply) => {
      await watchlists.remove(request.params.id, actorOf(request));
      return reply.code(204).send();
    },
  );
  app.get(
    '/watchlists/:id/hits',
    {
      config: { audits: 'watchlist.hits' },
      schema: {
        tags,
        summary: 'The hits of a watchlist, the last found first',
        params,
        querystring: hitsQuery,
        response: { 200: pageOf(hitEvent), ...flatErrors },
      },
    },
    async ({ params: { id }, query }) => shown(await watchlists.hits(id, query), (event) => event),
  );
  app.get(
    '/watchlists/:id/hits/follow',
    {
      exposeHeadRoute: false,
      config: { searches: 'stream', audits: 'watchlist.follow' },
      schema: {
        tags,
        summary: 'Hits of a watchlist as they are raised, as NDJSON without an end',
        description: followDescription('hit'),
        params,
        querystring: z.strictObject({ token: followToken }),
        response: { 200: followAnswer, ...flatErrors },
      },
    },
    async (request, reply) => {
      const { params: asked, query } = request;
      const followed = watchlists.followHits(asked.id, { ...query, signal: signalOf(reply) });
      return sendFollowed(request, reply, keepOpen, followed, (hit) => ({ hit }));
    },
  );
};

function tagOf({ id, revision }: Pick<ShownWatchlist, 'id' | 'revision'>): string {
  return etagOf(['watchlist', id, revision]);
}

/** Many services put the secret that lets one post to them into the address. */
function shownTo<T extends ShownWatchlist>(identity: Identity | null, list: T): T {
  if (list.webhook === undefined || identity?.role === 'administrator') return list;
  return { ...list, webhook: new URL(list.webhook).host };
}
