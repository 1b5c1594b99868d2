/** `/healthEvents`: the unresolved ones of the account, or of some resources. */

import { z } from 'zod';
import { type HealthEventDocument, type HealthResources, openEventsPage } from '../../store/health-events.js';
import { newerErrors, pageOf, pageQuery, shown } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const tags = ['Health events'];

const event = z
  .object({
    eventId: z.string(),
    eventName: z.string(),
    details: z.object({ trackerId: z.string(), error: z.string(), description: z.string() }),
    resourceIdentity: z.object({
      id: z.string().describe('16 hexadecimal digits'),
      name: z.string(),
      type: z.enum(['Source', 'Collector']),
      collectorId: z.string().optional(),
      collectorName: z.string().optional(),
    }),
    eventTime: z.string().describe('RFC 3339, UTC'),
    subsystem: z.literal('Collection'),
    severityLevel: z.enum(['Error', 'Warning']),
  })
  .meta({ id: 'HealthEvent' });

const resource = z.object({
  id: z.string().regex(/^([0-9A-Fa-f]{16}|[1-9]\d{0,14})$/, 'must be an id: 16 hexadecimal digits, or a whole number'),
  name: z.string().optional(),
  type: z.enum(['Collector', 'Source', 'IngestBudget', 'Organisation', 'LogsToMetricsRule', 'ScheduledView']),
});
const resources = z.strictObject({ data: z.array(resource).max(1_000, 'must be at most 1000 resources') });

export const healthEventRoutes: Routes = (app, { collections }) => {
  const response = { 200: pageOf(event), ...newerErrors } as const;
  app.get(
    '/healthEvents',
    {
      schema: { tags, summary: 'All unresolved health events, the newest first', querystring: pageQuery, response },
    },
    async ({ query }) => shown(await openEventsPage(collections, query), show),
  );
  app.post(
    '/healthEvents/resources',
    {
      config: { isReading: true },
      schema: {
        tags,
        summary: 'The unresolved health events of these resources; a collector stands for its sources',
        querystring: pageQuery,
        body: resources,
        response,
      },
    },
    async ({ query, body }) => {
      const of = (type: string) => body.data.filter((one) => one.type === type).map(({ id }) => hexOf(id));
      const wanted: HealthResources = { collectorIds: of('Collector'), sourceIds: of('Source') };
      return shown(await openEventsPage(collections, query, wanted), show);
    },
  );
};

function hexOf(id: string): string {
  return id.length === 16 ? id.toUpperCase() : Number(id).toString(16).toUpperCase().padStart(16, '0');
}

function show(document: HealthEventDocument): z.input<typeof event> {
  const { eventId, eventName, details, resourceIdentity, eventTime, subsystem, severityLevel } = document;
  const { trackerId, error, description } = details;
  return {
    eventId,
    eventName,
    details: { trackerId, error, description },
    resourceIdentity: { ...resourceIdentity },
    eventTime,
    subsystem,
    severityLevel,
  };
}
