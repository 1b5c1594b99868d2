/** From a call to its answer: who calls, whether they may, how often they did, and then the endpoint itself. */

import { SIEM_STREAMS } from '../src/domain/streams/streams.js';
import { listFiles } from './api/batch.js';
import { listEvents } from './api/events.js';
import { answerCompanion, listRecords } from './api/list-records.js';
import { issueToken } from './api/oauth.js';
import type { FaultTarget } from './control/faults.js';
import type { Answer } from './protocol/answer.js';
import type { Application } from './protocol/applications.js';
import { type Call, isSiem, permissionsFor } from './protocol/call.js';
import { ERRORS } from './protocol/errors.js';
import type { Simulation } from './simulation.js';
import { parseFilePath } from './world/position.js';

/** What a fault may match on, as far as the request tells. */
export function faultTarget(simulation: Simulation, call: Omit<Call, 'action'>, url: string): FaultTarget {
  const { query, headers, path } = call;
  const { name: endpoint } = call.endpoint;
  const { applications } = simulation;
  if (endpoint === 'file') {
    const file = parseFilePath(path);
    const type = file && SIEM_STREAMS[file.position.type];
    return { endpoint, types: type ? [type] : [], accountId: file?.accountId, url };
  }
  if (endpoint === 'token') {
    const client = new URLSearchParams(call.body.toString()).get('client_id') ?? '';
    return { endpoint, types: [], accountId: applications.byClient(client)?.world.accountId, url };
  }
  const types = isSiem(call.endpoint) ? (query.get('type') ?? query.get('types') ?? '').split(',') : [endpoint];
  return { endpoint, types, accountId: applications.ofRequest(headers)?.application.world.accountId, url };
}

function withRate(simulation: Simulation, key: string, now: number): { refusal?: Answer; headers: Answer['headers'] } {
  const verdict = simulation.limiter?.take(key, now);
  if (!verdict) return { headers: {} };
  if (verdict.allowed) return { headers: verdict.headers };
  const refusal = ERRORS.too_many_requests();
  return { refusal: { ...refusal, headers: { ...refusal.headers, ...verdict.headers } }, headers: verdict.headers };
}

async function authorized(simulation: Simulation, call: Call, application: Application): Promise<Answer> {
  const { ledger, seal, desk } = simulation;
  const { world } = application;
  const { endpoint } = call;
  if (!('kind' in endpoint)) {
    return endpoint.name === 'batch' ? listFiles(call, world, desk, seal) : listEvents(call, world, ledger, seal);
  }
  const { kind, companion } = endpoint;
  return companion === undefined
    ? listRecords(call, kind, world, ledger, seal)
    : answerCompanion(call, kind.stream, companion, world);
}

export async function answerCall(simulation: Simulation, call: Call): Promise<Answer> {
  const { applications, desk, settings } = simulation;
  if (call.endpoint.name === 'file') return desk.download(call, applications);
  if (call.endpoint.name === 'token') {
    const client = new URLSearchParams(call.body.toString()).get('client_id') ?? '';
    const rate = withRate(simulation, `token ${client}`, call.now);
    const answer = rate.refusal ?? issueToken(call, applications, settings.tokenTtlMs);
    return { ...answer, headers: { ...answer.headers, ...rate.headers } };
  }
  if (call.headers.authorization === undefined) return ERRORS.unauthorized();
  const caller = applications.ofRequest(call.headers);
  if (call.action?.revokeTokens) caller?.application.revokeTokens();
  if (!caller?.application.accepts(caller.token, call.now)) return ERRORS.token_expired();
  caller.application.lastCallAt = call.now;
  const { denied } = caller.application;
  if (permissionsFor(call).some((permission) => denied.has(permission))) return ERRORS.app_forbidden();
  const rate = withRate(simulation, `${call.endpoint.name} ${caller.application.clientId}`, call.now);
  const answer = rate.refusal ?? (await authorized(simulation, call, caller.application));
  return { ...answer, headers: { ...answer.headers, ...rate.headers } };
}
