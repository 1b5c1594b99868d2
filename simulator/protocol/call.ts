/** A request to one of the API's endpoints. */
import type { IncomingHttpHeaders } from 'node:http';
import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import type { Companion, RecordKind } from '../kinds/kind.js';
import { KIND_NAMES, KINDS } from '../kinds/list.js';
import type { FaultAction } from './fault.js';
import { readSiemQuery } from './siem-query.js';

interface FixedEndpoint {
  readonly name: 'token' | 'batch' | 'stream' | 'file';
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/** One that lists the records of a kind, or stands beside it. */
interface KindEndpoint {
  readonly name: string;
  readonly method: 'POST';
  readonly path: string;
  readonly kind: RecordKind;
  readonly companion?: Companion;
}

export type Endpoint = FixedEndpoint | KindEndpoint;

export const FILE_PATH = '/files/';

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'token', method: 'POST', path: '/oauth/token' },
  { name: 'batch', method: 'GET', path: '/siem/v1/batch/events/cg' },
  { name: 'stream', method: 'GET', path: '/siem/v1/events/cg' },
  ...KINDS.flatMap(endpointsOfKind),
];

function endpointsOfKind(kind: RecordKind): KindEndpoint[] {
  const { stream, path, companion } = kind;
  const own: KindEndpoint = { name: stream, method: 'POST', path, kind };
  if (companion === undefined) return [own];
  return [own, { name: companion.endpoint, method: 'POST', path: companion.path, kind, companion }];
}

/** Before a file's path: another address of the same store. */
export const REGION_PATH = '/regional';

/** What an application can be denied: a permission of the product, or a single SIEM type. */
export const PERMISSIONS = ['siem', ...KIND_NAMES, ...SIEM_STREAMS] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** What a call needs to be allowed: its endpoint, and each SIEM type that it names. */
export function permissionsFor({ endpoint, query }: Call): readonly Permission[] {
  if ('kind' in endpoint) return [endpoint.kind.stream];
  return isSiem(endpoint) ? ['siem', ...readSiemQuery(query, []).types] : [];
}

export function isSiem({ name }: Endpoint): boolean {
  return name === 'batch' || name === 'stream';
}

export interface Call {
  readonly endpoint: Endpoint;
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

export function endpointOf(path: string): Endpoint | undefined {
  if (path.startsWith(FILE_PATH)) return { name: 'file', method: 'GET', path: FILE_PATH };
  return ENDPOINTS.find((endpoint) => endpoint.path === path);
}
