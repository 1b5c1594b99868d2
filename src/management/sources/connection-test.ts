/** Tries a configuration's credentials: one token call, within seconds, whose result is told and not thrown. */

import { classify, type ErrorFacts, type FailureType, RawError } from '../../domain/failures/failure.js';
import { type Connections, processConnections } from '../../http-client/connections.js';
import { MimecastClient } from '../../mimecast/client.js';

export interface ConnectionTestOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly allowInsecure: boolean;
  /** Default 5,000 ms. */
  readonly limitMs?: number;
  /** Default those of the process. */
  readonly connections?: Connections;
}

export interface ConnectionResult {
  readonly ok: boolean;
  /** Host and port of the proxy that it went through. */
  readonly proxy?: string;
  /** How long it took. */
  readonly ms: number;
  /** Why it failed. */
  readonly errorType?: FailureType;
  readonly errorCode?: string;
  readonly errorInfo?: string;
}

export async function testConnection({ limitMs = 5_000, ...access }: ConnectionTestOptions): Promise<ConnectionResult> {
  const begun = performance.now();
  const took = () => Math.round(performance.now() - begun);
  const signal = AbortSignal.timeout(limitMs);
  const connections = access.connections ?? processConnections(access.allowInsecure);
  const url = URL.parse(access.baseUrl);
  const proxy = url === null ? undefined : connections.proxyOf(url);
  const way = proxy === undefined ? {} : { proxy };
  try {
    await new MimecastClient({ ...access, connections }).authenticate(signal);
    return { ok: true, ms: took(), ...way };
  } catch (error) {
    if (signal.aborted) return failed(late());
    if (!(error instanceof RawError)) throw error;
    return failed(error.facts);
  }

  function late(): ErrorFacts {
    const via = url === null ? '' : connections.via(url);
    const message = `${access.baseUrl} did not issue a token within ${limitMs / 1_000} s${via}`;
    return { origin: 'mimecast', cause: 'timeout', message };
  }

  function failed(facts: ErrorFacts): ConnectionResult {
    const { type: errorType, code: errorCode, message, advice } = classify(facts);
    const errorInfo = advice === undefined ? message : `${message}. ${advice}`;
    return { ok: false, ms: took(), ...way, errorType, errorCode, errorInfo };
  }
}
