/** The paths under `/_simulator/`: not part of Mimecast's API, but of what tests and demonstrations need. */

import { changeTenant } from './control/tenant-change.js';
import { truth } from './control/truth.js';
import { type Answer, json } from './protocol/answer.js';
import type { Application } from './protocol/applications.js';
import { readFaults } from './protocol/fault.js';
import type { Simulation } from './simulation.js';

export const CONTROL_PATH = '/_simulator/';

/** An answer, or the pieces of one that is too large to be made at once. */
export type ControlAnswer = Answer | { readonly pieces: AsyncIterable<string> };

interface ControlRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

function refused(mistakes: readonly string[]): Answer {
  return json(400, { errors: mistakes });
}

function described(application: Application): object {
  const { credentials, denied, lastCallAt } = application;
  const last = lastCallAt === undefined ? {} : { lastCallAt: new Date(lastCallAt).toISOString() };
  return { ...credentials, deny: [...denied], ...last };
}

function parsed(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString()) };
  } catch {
    return undefined;
  }
}

function answerFaults({ faults }: Simulation, { method, body }: ControlRequest, id: string | undefined): Answer {
  if (method === 'GET' && id === undefined) return json(200, { faults: faults.list() });
  if (method === 'DELETE') {
    const cleared = faults.clear(id === undefined ? undefined : Number(id));
    return id !== undefined && cleared === 0 ? json(404, { errors: [`no fault ${id}`] }) : json(200, { cleared });
  }
  if (method !== 'POST' || id !== undefined) return json(405, { errors: ['use GET, POST or DELETE'] });
  const posted = parsed(body);
  if (!posted) return refused(['the body is not JSON']);
  const read = readFaults(posted.value);
  if (read.mistakes.length > 0) return refused(read.mistakes);
  return json(201, { ids: faults.add(read.faults) });
}

function answerTenants(
  { applications }: Simulation,
  { method, body }: ControlRequest,
  account: string | undefined,
): Answer {
  if (account === undefined) {
    return method === 'GET'
      ? json(200, { tenants: applications.all.map(described) })
      : json(405, { errors: ['use GET'] });
  }
  const application = applications.byAccount(account);
  if (!application) return json(404, { errors: [`no tenant ${account}`] });
  if (method === 'GET') return json(200, described(application));
  if (method !== 'PATCH') return json(405, { errors: ['use GET or PATCH'] });
  const change = parsed(body);
  if (!change) return refused(['the body is not JSON']);
  const mistakes = changeTenant(application, change.value);
  return mistakes.length > 0 ? refused(mistakes) : json(200, described(application));
}

function answerTruth(simulation: Simulation, { url }: ControlRequest): ControlAnswer {
  const scope = url.searchParams.get('scope') ?? 'served';
  const totals = url.searchParams.get('totals') ?? 'false';
  const mistakes: string[] = [];
  if (scope !== 'held' && scope !== 'served') mistakes.push('scope must be held or served');
  if (totals !== 'true' && totals !== 'false') mistakes.push('totals must be true or false');
  if (mistakes.length > 0 || (scope !== 'held' && scope !== 'served')) return refused(mistakes);
  const { applications, ledger, settings } = simulation;
  return { pieces: truth(applications.all, ledger, { scope, totals: totals === 'true' }, settings.clock()) };
}

export function answerControl(simulation: Simulation, request: ControlRequest): ControlAnswer {
  const [name = '', id, ...rest] = request.url.pathname.slice(CONTROL_PATH.length).split('/');
  const known = ['faults', 'tenants', 'truth', 'health', 'calls'];
  if (!known.includes(name) || rest.length > 0) return json(404, { errors: [`known are ${known.join(', ')}`] });
  if (name === 'faults') return answerFaults(simulation, request, id);
  if (name === 'tenants') return answerTenants(simulation, request, id);
  if (request.method !== 'GET') return json(405, { errors: ['use GET'] });
  if (name === 'truth') return answerTruth(simulation, request);
  return json(200, name === 'health' ? { status: 'ok' } : { calls: simulation.calls.list() });
}
