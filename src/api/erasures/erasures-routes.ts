/** `/erasures`: to erase a person from all that is stored; for administrators. */

import { z } from 'zod';
import { ERASURE_STATES, type Erasure } from '../../domain/erasure/erasure.js';
import { Erasures } from '../../management/erasure/erasures.js';
import { actorOf } from '../common/authentication.js';
import { flatErrors, idText } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const tags = ['Erasure'];
const config = { isForAdministrators: true } as const;
const params = z.object({ eid: idText });

const wish = z.strictObject({
  addresses: z.array(z.string().max(254)).min(1).max(50).describe('E-mail addresses of one person'),
  reason: z.string().max(1_024).describe('Why, such as the number of the request; it is kept, so it must name nobody'),
});

const counts = (what: string) => z.record(z.string(), z.number().int()).describe(`${what}, by collection`);

const erasure = z
  .object({
    id: z.number().int(),
    state: z.enum(ERASURE_STATES).describe('A preview waits for a day to be confirmed'),
    reason: z.string(),
    startedBy: z.string().describe('Access ID of a key, or `cli`'),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    addresses: z.number().int().describe('How many; which ones is forgotten when it ends'),
    found: counts('What names the person, and will be erased or, in the audit trail, masked'),
    erased: counts('What was erased or masked'),
    left: counts('What names the person and stays, as somebody has entered it there'),
    later: counts('What names the person and came after it was confirmed, which is not meant'),
    similar: counts('What has the bytes of an address in something else, such as a longer address'),
    exported: z
      .array(z.string())
      .describe('Keys of objects of exports that hold what was erased, at most 1,000: remove them from the bucket'),
    position: z.string().optional().describe('What is being done'),
  })
  .meta({ id: 'Erasure' });

export const erasureRoutes: Routes = (app, { collections, client }) => {
  const erasures = new Erasures({ collections, client });
  const response = { 200: erasure, ...flatErrors };
  app.post(
    '/erasures',
    { config, schema: { tags, summary: 'Counts what names a person; nothing is erased yet', body: wish, response } },
    async (request) => show(await erasures.preview(request.body, actorOf(request))),
  );
  app.get(
    '/erasures',
    {
      config,
      schema: {
        tags,
        summary: 'The newest 100 erasures, the newest first',
        response: { 200: z.object({ erasures: z.array(erasure) }), ...flatErrors },
      },
    },
    async () => ({ erasures: (await erasures.list()).map(show) }),
  );
  app.get(
    '/erasures/:eid',
    { config, schema: { tags, summary: 'Progress or result of one', params, response } },
    async (request) => show(await erasures.get(request.params.eid)),
  );
  app.post(
    '/erasures/:eid/confirmation',
    { config, schema: { tags, summary: 'Erases for good what was counted', params, response } },
    async (request) => show(await erasures.confirm(request.params.eid, actorOf(request))),
  );
  app.delete(
    '/erasures/:eid',
    { config, schema: { tags, summary: 'Cancels one that was not confirmed', params, response } },
    async (request) => show(await erasures.cancel(request.params.eid, actorOf(request))),
  );
};

function show({ found, erased, left, later, similar, exported, ...rest }: Erasure): z.input<typeof erasure> {
  return {
    ...rest,
    found: { ...found },
    erased: { ...erased },
    left: { ...left },
    later: { ...later },
    similar: { ...similar },
    exported: [...exported],
  };
}
