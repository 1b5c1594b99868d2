/** `/auditTrail`: who changed what. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { HEAD_FORM, headOf, headText } from '../../store/audit-chain.js';
import { auditPage } from '../../store/audit-trail.js';
import { verifyTrail } from '../../store/audit-verification.js';
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
    links: z
      .array(
        z.object({
          seq: z.number().int().describe('Counted from 1 over the whole trail'),
          prev: z.string().describe('The hash of the link before; zeros for the first'),
          hash: z.string(),
        }),
      )
      .optional()
      .describe('Its places in the chain of all entries: of its beginning, and of its completion'),
  })
  .meta({ id: 'AuditEntry' });

const chainHead = z
  .string()
  .regex(HEAD_FORM, 'must be a head that was told earlier, such as 12:3f…')
  .transform(headOf)
  .optional();

const verification = z.object({
  isIntact: z.boolean(),
  entries: z.number().int().describe('Entries that were checked'),
  earlier: z.number().int().describe('Entries of versions before there was a chain'),
  head: z.string().describe('The newest link: to be kept in another place, and given as `since` next time'),
  breaks: z.array(z.string()).describe('What is wrong, one sentence each; the first hundred'),
});

export const auditTrailRoutes: Routes = (app, { collections }) => {
  app.get(
    '/auditTrail',
    {
      schema: {
        tags: ['Overview'],
        summary:
          'Who changed what, with the values before and after, and for administrators who searched for what; newest first',
        querystring: pageQuery.extend({ sourceId: idText.optional(), collectorId: idText.optional() }),
        response: { 200: pageOf(entry), ...flatErrors },
      },
    },
    async ({ query, identity }) => {
      const filter = { ...query, isWithoutReads: identity?.role !== 'administrator' };
      return shown(await auditPage(collections, filter, query), ({ _id, at, links, ...rest }) => {
        return { id: _id.toString(), at: at.toISOString(), ...rest, ...present({ links: links && [...links] }) };
      });
    },
  );
  app.get(
    '/auditTrail/verification',
    {
      config: { isForAdministrators: true, searches: 'search' },
      schema: {
        tags: ['Overview'],
        summary: 'Reads the audit trail and checks that no entry was changed, taken out or put in',
        querystring: z.strictObject({
          since: chainHead.describe('A head that was told earlier: the chain must go through it'),
          after: chainHead.describe(
            'Only what follows this head is looked at, such as one behind a break that is explained',
          ),
        }),
        response: { 200: verification, ...flatErrors },
      },
    },
    async ({ query }) => {
      const { head, breaks, ...rest } = await verifyTrail(collections, query);
      return { ...rest, head: headText(head), breaks: [...breaks] };
    },
  );
};
