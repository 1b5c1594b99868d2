/** A request to one of the API's endpoints. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FaultAction } from '../control/fault.js';

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

export type EndpointName = keyof typeof ENDPOINTS;

/** What an application can be denied; each is a permission of its own in the product. */
export const PERMISSIONS = ['siem', 'audit', 'dlp', 'hold'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const PERMISSION_OF: Readonly<Partial<Record<EndpointName, Permission>>> = {
  batch: 'siem',
  stream: 'siem',
  audit: 'audit',
  categories: 'audit',
  dlp: 'dlp',
  hold: 'hold',
  holdSummary: 'hold',
};

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
