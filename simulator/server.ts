/** The HTTP server: reads a request, lets a fault have its way with it, and writes the answer. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { damaged, replacement } from './control/faults.js';
import { answerControl, CONTROL_PATH } from './control.js';
import { answerCall, faultTarget } from './endpoints.js';
import { type Answer, json } from './protocol/answer.js';
import { type Call, endpointOf, FILE_PATH, REGION_PATH } from './protocol/call.js';
import { ERRORS } from './protocol/errors.js';
import type { FaultAction } from './protocol/fault.js';
import { send, sendCut, sendDripping } from './sending.js';
import type { Simulation } from './simulation.js';

const MAX_BODY_BYTES = 1 << 20;

/** Nothing, if the body is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= MAX_BODY_BYTES) parts.push(part);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(parts);
}

async function sendPieces(response: ServerResponse, pieces: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  try {
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    // The client went away: nobody is left to tell.
    if (!response.destroyed) throw error;
  }
}

function endsEarly(action: FaultAction | undefined): boolean {
  return (
    action?.hang === true || action?.cut === true || (typeof action?.cut === 'object' && action.cut.afterBytes === 0)
  );
}

async function handle(simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  // By the simulator's own clock; an answer's own header, such as a fault's, comes before it.
  response.setHeader('date', new Date(simulation.settings.clock()).toUTCString());
  const host = request.headers.host ?? 'localhost';
  const target = request.url ?? '/';
  const url = new URL(target.startsWith('/') ? `http://${host}${target}` : target);
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  if (!body)
    return send(response, json(413, { error: { code: 'Payload Too Large', message: 'too large' } }), requestId);

  if (url.pathname.startsWith(CONTROL_PATH)) {
    const answer = answerControl(simulation, { method, url, body });
    return 'pieces' in answer ? sendPieces(response, answer.pieces) : send(response, answer, requestId);
  }
  if (url.pathname.startsWith(`${REGION_PATH}${FILE_PATH}`)) url.pathname = url.pathname.slice(REGION_PATH.length);
  const endpoint = endpointOf(url.pathname);
  if (!endpoint) {
    return send(
      response,
      json(404, { fail: [{ code: 'NotFound', message: `No resource ${url.pathname}` }] }),
      requestId,
    );
  }
  if (method !== endpoint.method) {
    const refusal = json(405, { fail: [{ code: 'MethodNotAllowed', message: `${method} is not allowed` }] });
    const allow = { ...refusal.headers, allow: endpoint.method };
    return send(response, { ...refusal, headers: allow }, requestId);
  }

  const { headers } = request;
  const call = { endpoint, path: url.pathname, query: url.searchParams, headers, body, baseUrl: url.origin };
  const action = simulation.faults.take(faultTarget(simulation, { ...call, now: simulation.settings.clock() }, target));
  if (action?.delayMs) await delay(action.delayMs, undefined, { ref: false });
  if (endsEarly(action)) {
    simulation.calls.add(endpoint.name, 'none');
    if (action?.cut) response.destroy();
    return;
  }
  const answer = await faultyAnswer(simulation, { ...call, now: simulation.settings.clock(), action });
  simulation.calls.add(endpoint.name, answer.status);
  if (typeof action?.cut === 'object') return sendCut(response, answer, requestId, action.cut.afterBytes);
  if (action?.drip) return sendDripping(response, answer, requestId, action.drip);
  send(response, answer, requestId);
}

async function faultyAnswer(simulation: Simulation, call: Call): Promise<Answer> {
  const { action } = call;
  const own = (action && replacement(action)) ?? (await answerCall(simulation, call));
  return action ? damaged(own, action) : own;
}

/** A server that is not listening yet. */
export function createSimulatorServer(simulation: Simulation): Server {
  return createServer((request, response) => {
    handle(simulation, request, response).catch((error: unknown) => {
      // A client that went away is none of our business; anything else is a defect, and says so.
      if (response.destroyed || request.destroyed) return;
      console.error('simulator:', error);
      if (!response.headersSent) send(response, ERRORS.internal(), randomUUID());
      else response.destroy();
    });
  });
}
