/** Notes in the audit trail what is searched, exported and followed. */

import type { FastifyInstance } from 'fastify';
import { isObject } from '../../domain/json.js';
import { ReadAudit } from '../../management/audited-reads.js';
import type { Collections } from '../../store/collections.js';
import { actorOf } from './authentication.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The action that is noted, such as `search`, with what the request asks for. */
    readonly audits?: string;
  }
}

/** What says how much of the answer is wanted, and not what. */
const PAGING: ReadonlySet<string> = new Set(['limit', 'skip', 'token', 'timeoutMs']);

/** To be registered after what limits requests: one that is turned away is not noted. */
export function auditReads(app: FastifyInstance, collections: Collections): void {
  const audit = new ReadAudit(collections);
  app.addHook('preHandler', async (request) => {
    const { audits: action } = request.routeOptions.config;
    if (action === undefined) return;
    const given = [request.params, request.query, request.body].filter(isObject);
    const wishes = given.flatMap(Object.entries<unknown>);
    const asked = Object.fromEntries(wishes.filter(([name]) => !PAGING.has(name)));
    const { sid: sourceId, cid: collectorId } = asked;
    const of = {
      ...(typeof sourceId === 'number' && { sourceId }),
      ...(typeof collectorId === 'number' && { collectorId }),
    };
    await audit.note({ actor: actorOf(request), action, asked, ...of });
  });
}
