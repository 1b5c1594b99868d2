/** `/auditTrail`: who changed what. */

import { z } from 'zod';
import { auditPage } from '../../store/audit-trail.js';
import { flatErrors, idText, pageOf, pageQuery, shown } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const entry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.string().describe('Access ID of a key, or cli'),
    action: z.string().describe('Such as source.update'),
    collectorId: z.number().int().optional(),
    sourceId: z.number().int().optional(),
    name: z.string().optional(),
    from: z.unknown().optional().describe('What was configured before; secrets masked'),
    to: z.unknown().optional(),
    outcome: z.enum(['begun', 'done', 'failed']).describe('begun: the server died before the change was completed'),
    reason: z.string().optional().describe('Why it failed'),
  })
  .meta({ id: 'AuditEntry' });

export const auditTrailRoutes: Routes = (app, { collections }) => {
  app.get(
    '/auditTrail',
    {
      schema: {
        tags: ['Overview'],
        summary: 'Who changed what, with the values before and after; newest first',
        querystring: pageQuery.extend({ sourceId: idText.optional(), collectorId: idText.optional() }),
        response: { 200: pageOf(entry), ...flatErrors },
      },
    },
    async ({ query }) =>
      shown(await auditPage(collections, query, query), ({ _id, at, ...rest }) => {
        return { id: _id.toString(), at: at.toISOString(), ...rest };
      }),
  );
};
