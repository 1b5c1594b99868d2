/** `/events`: the changes of all sources' states as server-sent events. */

import { z } from 'zod';
import { flatErrors } from '../common/common-schemas.js';
import { onceClosed } from '../common/once-closed.js';
import type { Routes } from '../common/services.js';

const HEARTBEAT_MS = 15_000;

export const eventRoutes: Routes = (app, { states, keepOpen }) => {
  app.get(
    '/events',
    {
      // Its answer would be the headers alone, and then never end.
      exposeHeadRoute: false,
      schema: {
        tags: ['Overview'],
        summary: 'Server-sent events: "states" with all sources first, then "state" for each change',
        response: {
          200: { description: 'text/event-stream', content: { 'text/event-stream': { schema: z.string() } } },
          ...flatErrors,
        },
      },
    },
    async (request, reply) => {
      const { raw } = reply.hijack();
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (event: string, data: unknown) => raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      raw.write(': listening\n\n');
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
      const unlisten = states.listen({
        onAll: (all) => send('states', all),
        onChange: (source) => send('state', source),
      });
      const end = () => {
        clearInterval(heartbeat);
        unlisten();
        raw.end();
      };
      keepOpen(request, reply, end);
      onceClosed(raw, end);
    },
  );
};
