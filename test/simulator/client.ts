/** A small client of the simulator, and a clock that tests move by hand. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { kindOf } from '../../simulator/kinds/list.js';
import type { SimulatorOptions } from '../../simulator/options/options.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import type { RecordStream } from '../../src/domain/streams/streams.js';

export const NOON = Date.parse('2025-09-15T12:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export interface FileEntry {
  readonly url: string;
  readonly size: number;
  readonly expiry: string;
}

export interface BatchPage {
  readonly value: readonly FileEntry[];
  readonly '@nextPage'?: string;
  readonly isCaughtUp: boolean;
}

export interface ListPage {
  readonly meta: {
    readonly pagination?: { readonly next?: string; readonly previous?: string; readonly totalCount: number };
  };
  readonly data: readonly Record<string, unknown>[];
  readonly fail: readonly { readonly errors: readonly { readonly code: string; readonly message: string }[] }[];
}

export interface Truth {
  readonly tenants: Readonly<
    Record<
      string,
      {
        readonly clientId: string;
        readonly streams: Readonly<
          Record<
            string,
            {
              readonly collection: string;
              readonly held: { readonly lines: number };
              readonly served: { readonly lines: number };
              readonly lines?: readonly (readonly [string, number])[];
            }
          >
        >;
      }
    >
  >;
}

export class Client {
  readonly simulator: Simulator;
  token = '';

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.simulator.url), init);
  }

  /** With the current token. */
  api(path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}` };
    if (body === undefined) return this.fetch(path, { headers });
    return this.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  requestToken(secret = 'sim-secret-1', client = 'sim-client-1'): Promise<Response> {
    const body = new URLSearchParams({ client_id: client, client_secret: secret, grant_type: 'client_credentials' });
    return this.fetch('/oauth/token', { method: 'POST', body });
  }

  async login(client = 1): Promise<this> {
    const response = await this.requestToken(`sim-secret-${client}`, `sim-client-${client}`);
    this.token = ((await response.json()) as { access_token: string }).access_token;
    return this;
  }

  async batch(query: Readonly<Record<string, string>>): Promise<BatchPage> {
    const response = await this.api(`/siem/v1/batch/events/cg?${new URLSearchParams(query)}`);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as BatchPage;
  }

  /** All pages from a token (or the oldest file) to the end. */
  async drain(
    type: string,
    token?: string,
    pageSize = 100,
  ): Promise<{ pages: BatchPage[]; token: string | undefined }> {
    const pages: BatchPage[] = [];
    let next = token;
    for (;;) {
      const page = await this.batch({ type, pageSize: String(pageSize), ...(next && { nextPage: next }) });
      pages.push(page);
      next = page['@nextPage'] || next;
      if (page.isCaughtUp && page.value.length === 0) return { pages, token: next };
    }
  }

  /** One URL per path, in order. */
  async files(type: string, token?: string, pageSize?: number): Promise<Map<string, string>> {
    const { pages } = await this.drain(type, token, pageSize);
    return new Map(pages.flatMap(({ value }) => value).map(({ url }) => [new URL(url).pathname, url]));
  }

  async list(stream: RecordStream, request: object, pagination: object = {}): Promise<ListPage> {
    const response = await this.api(kindOf(stream).path, { meta: { pagination }, data: [request] });
    return (await response.json()) as ListPage;
  }

  async fault(fault: unknown): Promise<Response> {
    return this.fetch('/_simulator/faults', { method: 'POST', body: JSON.stringify(fault) });
  }

  async truth(query = ''): Promise<Truth> {
    return (await (await this.fetch(`/_simulator/truth${query}`)).json()) as Truth;
  }
}

export const LIST_PATHS = {
  audit: '/api/audit/get-audit-events',
  dlp: '/api/dlp/get-logs',
  hold: '/api/gateway/get-hold-message-list',
} as const;

export interface Clock {
  now: number;
}

/** A simulator with a clock that stands still; ends with the test. */
export async function start(options: SimulatorOptions = {}, clock: Clock = { now: NOON }): Promise<Client> {
  const simulator = await startSimulator({ historyMs: HOUR, rate: 0, ...options, clock: () => clock.now });
  onTestFinished(() => simulator.close());
  return new Client(simulator).login();
}

/** The lines of a log file, blank ones left out. */
export function linesOf(gzipped: ArrayBuffer): string[] {
  const text = gunzipSync(Buffer.from(gzipped)).toString();
  return text.split(/\r?\n/).filter((line) => line !== '');
}

export async function download(url: string): Promise<string[]> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return linesOf(await response.arrayBuffer());
}

/** How often each line occurs, by SHA-256, sorted: comparable with the simulator's truth. */
export function counted(lines: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const hash = createHash('sha256').update(line).digest('hex');
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
