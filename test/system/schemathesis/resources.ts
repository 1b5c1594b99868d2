/** What the calls are to hit: two collectors, three sources in them, and some fields, made again for each round. */

import { call } from '../../support/api-server.js';
import type { LiveStack } from './live-stack.js';

export interface Resources {
  readonly collectorIds: readonly number[];
  readonly sourceIds: readonly number[];
  readonly fieldIds: readonly string[];
  readonly collectorNames: readonly string[];
  /** A body that makes one more source, under a name of its own. */
  readonly sourceBody: unknown;
}

/** Which of the two collectors each source belongs to. */
const SOURCES = [0, 0, 1] as const;
const FIELDS = ['team', 'region', 'tier'] as const;

/** @param round in the names, which a round before may have left behind. */
export async function makeResources(stack: LiveStack, round: number): Promise<Resources> {
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const answer = await call<T>({ url: stack.origin, admin: stack.admin }, 'POST', `v1/${path}`, { body });
    if (answer.status !== 200) throw new Error(`POST ${path} was answered with ${answer.status}: ${answer.text}`);
    return answer.json;
  };
  const collectorNames = ['North', 'South'].map((name) => `${name} ${round}`);
  const collectorIds: number[] = [];
  for (const name of collectorNames) {
    const { collector } = await post<{ collector: { id: number } }>('collectors', { collector: { name } });
    collectorIds.push(collector.id);
  }
  const fieldIds: string[] = [];
  for (const name of FIELDS) {
    fieldIds.push((await post<{ fieldId: string }>('fields', { fieldName: `${name}_${round}` })).fieldId);
  }
  const sourceIds: number[] = [];
  for (const [at, collector] of SOURCES.entries()) {
    const body = sourceOf(stack, at + 1, `Tenant ${at + 1}`, { [`team_${round}`]: 'mail' });
    const { source } = await post<{ source: { id: number } }>(`collectors/${collectorIds[collector]}/sources`, body);
    sourceIds.push(source.id);
  }
  const sourceBody = sourceOf(stack, 1, `One more ${round}`, {});
  return { collectorIds, sourceIds, fieldIds, collectorNames, sourceBody };
}

/** @param tenant of the simulator. */
function sourceOf({ simulatorUrl }: LiveStack, tenant: number, name: string, fields: Readonly<Record<string, string>>) {
  return {
    'api.version': 'v1',
    source: {
      config: {
        name,
        fields,
        clientID: `sim-client-${tenant}`,
        clientSecret: `sim-secret-${tenant}`,
        dataCollection: ['auditEvent', 'dlp'],
        baseUrl: simulatorUrl,
        pollInterval: '1m',
        backfill: '1h',
      },
      schemaRef: { type: 'Mimecast' },
      sourceType: 'Universal',
    },
  };
}
