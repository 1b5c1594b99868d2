/** The management API on a socket, with a key of each role; closed after the file's tests. */

import type { Client } from '@temporalio/client';
import { afterAll, beforeAll } from 'vitest';
import { type AppOptions, buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import type { Api } from '../../src/api/common/services.js';
import { ApiKeyService, type NewKey } from '../../src/management/keys/api-key-service.js';
import type { Collections } from '../../src/store/collections.js';
import { testKeyring } from './test-keyring.js';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a body that is JSON. */
  readonly json: T;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the administrator's; `null` for none. */
  readonly key?: Pick<NewKey, 'accessId' | 'accessKey'> | null;
}

export interface ApiServer {
  /** Without a slash behind it. */
  readonly url: string;
  readonly admin: NewKey;
  readonly viewer: NewKey;
  readonly app: Api;
}

/** As Terraform's provider sends it: `Content-Type` with every request, no `Accept`. */
export async function call<T = Record<string, unknown>>(
  { url, admin }: Pick<ApiServer, 'url' | 'admin'>,
  method: string,
  path: string,
  { body, headers, key = admin }: Call = {},
): Promise<Answer<T>> {
  const authorization = key === null ? {} : { authorization: basic(key.accessId, key.accessKey) };
  const response = await fetch(`${url}/api/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) as T };
}

export function basic(accessId: string, accessKey: string): string {
  return `Basic ${Buffer.from(`${accessId}:${accessKey}`).toString('base64')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface ApiServerOptions extends Omit<AppOptions, 'services'> {
  readonly collections: Collections;
  readonly client: () => Client;
  /** Default: pages do not link to the Temporal Web UI. */
  readonly temporalUiUrl?: string;
}

/** Call it outside of tests and hooks. */
export function apiServer({ collections, client, temporalUiUrl, ...options }: ApiServerOptions) {
  let server: ApiServer | undefined;
  beforeAll(async () => {
    const keys = new ApiKeyService(collections);
    const admin = await keys.create({ role: 'administrator' });
    const viewer = await keys.create({ role: 'viewer' });
    const services = assembleServices({
      ...{ collections, client: client(), allowInsecure: true, keyring: testKeyring },
      temporalUiUrl,
    });
    const app = await buildApp({ ratePerSecond: 1_000, ...options, services });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    server = { url, admin, viewer, app };
  });
  afterAll(() => server?.app.close());
  const get = (): ApiServer => {
    if (server === undefined) throw new Error('the server exists only while tests run');
    return server;
  };
  return {
    get,
    api: <T = Record<string, unknown>>(method: string, path: string, more?: Call) => call<T>(get(), method, path, more),
  };
}
