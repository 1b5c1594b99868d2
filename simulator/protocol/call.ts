/** A request to one of the API's endpoints. */
import type { IncomingHttpHeaders } from 'node:http';
import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import type { FaultAction } from './fault.js';
import { readSiemQuery } from './siem-query.js';

export const ENDPOINTS = {
  token: { method: 'POST', path: '/oauth/token' },
  batch: { method: 'GET', path: '/siem/v1/batch/events/cg' },
  stream: { method: 'GET', path: '/siem/v1/events/cg' },
  audit: { method: 'POST', path: '/api/audit/get-audit-events' },
  categories: { method: 'POST', path: '/api/audit/get-categories' },
  dlp: { method: 'POST', path: '/api/dlp/get-logs' },
  hold: { method: 'POST', path: '/api/gateway/get-hold-message-list' },
  holdSummary: { method: 'POST', path: '/api/gateway/get-hold-summary-list' },
  file: { method: 'GET', path: '/files/' },
} as const;

/** Before a file's path: another address of the same store. */
export const REGION_PATH = '/regional';

export type EndpointName = keyof typeof ENDPOINTS;

/** What an application can be denied: a permission of the product, or a single SIEM type. */
export const PERMISSIONS = ['siem', 'audit', 'dlp', 'hold', ...SIEM_STREAMS] as const;
export type Permission = (typeof PERMISSIONS)[number];

const PERMISSION_OF: Readonly<Partial<Record<EndpointName, Permission>>> = {
  batch: 'siem',
  stream: 'siem',
  audit: 'audit',
  categories: 'audit',
  dlp: 'dlp',
  hold: 'hold',
  holdSummary: 'hold',
};

/** What a call needs to be allowed: its endpoint, and each SIEM type that it names. */
export function permissionsFor({ endpoint, query }: Call): readonly Permission[] {
  const permission = PERMISSION_OF[endpoint];
  if (permission === undefined) return [];
  return permission === 'siem' ? [permission, ...readSiemQuery(query, []).types] : [permission];
}

export interface Call {
  readonly endpoint: EndpointName;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** As the client addressed the simulator; file URLs begin with it. */
  readonly baseUrl: string;
  /** Epoch ms; one moment for the whole call. */
  readonly now: number;
  /** What a fault wants done to this call. */
  readonly action: FaultAction | undefined;
}

export function endpointOf(path: string): EndpointName | undefined {
  if (path.startsWith(ENDPOINTS.file.path)) return 'file';
  return (Object.keys(ENDPOINTS) as EndpointName[]).find((name) => ENDPOINTS[name].path === path);
}
