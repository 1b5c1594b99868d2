/** `/sources/activity`: the last hour of all sources. */

import { z } from 'zod';
import { SourceActivities } from '../../management/sources/source-activity.js';
import { flatErrors } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const activity = z.object({
  since: z.iso.datetime().describe('Beginning of the first step'),
  stepMs: z.number().int(),
  sources: z.array(
    z.object({
      id: z.number().int(),
      counts: z.array(z.number().int()).describe('Records per step, by the time that they tell, the oldest step first'),
      lagMs: z
        .number()
        .int()
        .optional()
        .describe('How far the stream that is furthest behind is behind; absent when the workflow did not say'),
    }),
  ),
});

export const activityRoutes: Routes = (app, services) => {
  const activities = new SourceActivities(services);
  app.get(
    '/sources/activity',
    {
      schema: {
        tags: ['Overview'],
        summary: 'The last hour of all sources: records per five minutes, and lag. Some seconds old',
        response: { 200: activity, ...flatErrors },
      },
    },
    async () => {
      const { sinceMs, stepMs, sources } = await activities.get();
      return { since: new Date(sinceMs).toISOString(), stepMs, sources: sources.map(shown) };
    },
  );
};

const shown = ({ id, counts, ...rest }: Awaited<ReturnType<SourceActivities['get']>>['sources'][number]) => ({
  id,
  counts: [...counts],
  ...rest,
});
