/** Whether the server can do its work. */

import type { Client } from '@temporalio/client';
import type { Readiness } from '../../metrics/readiness.js';
import type { Collections } from '../../store/collections.js';
import { isAnswering } from '../../store/ping.js';
import { Kept } from './kept.js';

const ANSWER_LIMIT_MS = 1_500;
/** Nobody has to prove who he is to ask, so the two servers are not asked each time. */
const KEPT_MS = 1_000;

/**
 * Ready while MongoDB answers. Temporal is told beside it: without it the server still answers most requests, and the
 * others with 503, so that to take it out of service would only make more of them fail.
 */
export function serverReadiness(collections: Collections, client: Client): () => Promise<Readiness> {
  const kept = new Kept(async () => {
    const [mongodb, temporal] = await Promise.all([
      isAnswering(collections, ANSWER_LIMIT_MS),
      isTemporalAnswering(client),
    ]);
    const status = mongodb ? 'ready' : 'not ready';
    return { isReady: mongodb, body: { status, mongodb: shown(mongodb), temporal: shown(temporal) } };
  }, KEPT_MS);
  return () => kept.get();
}

async function isTemporalAnswering(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

function shown(isUp: boolean): string {
  return isUp ? 'up' : 'down';
}
