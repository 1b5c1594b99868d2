/** `/healthz` and `/readyz`, for what starts and stops this program: without a key, and without a limit. */

import type { FastifyInstance } from 'fastify';
import type { Services } from '../common/services.js';

const config = { isPublic: true, isProbe: true, rateLimit: false } as const;
const schema = { hide: true } as const;

export function serveProbes(app: FastifyInstance, { readiness }: Pick<Services, 'readiness'>): void {
  app.get('/healthz', { config, schema }, async () => ({ status: 'alive' }));
  app.get('/readyz', { config, schema }, async (_request, reply) => {
    const { isReady, body } = await readiness();
    return reply.code(isReady ? 200 : 503).send(body);
  });
}
