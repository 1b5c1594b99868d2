/** The tenants' applications: credentials, access tokens and permissions. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TenantWorld } from '../world/tenant-world.js';
import type { Permission } from './call.js';

/** What a client needs to know of a tenant. */
export interface TenantCredentials {
  readonly accountId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export class Application {
  readonly world: TenantWorld;
  readonly clientId: string;
  clientSecret: string;
  denied: ReadonlySet<Permission> = new Set();
  /** Epoch ms of the last call that was let in. */
  lastCallAt: number | undefined;
  /** Token -> epoch ms of its end. */
  readonly #tokens = new Map<string, number>();

  constructor(world: TenantWorld) {
    this.world = world;
    this.clientId = `sim-client-${world.number}`;
    this.clientSecret = `sim-secret-${world.number}`;
  }

  get credentials(): TenantCredentials {
    return { accountId: this.world.accountId, clientId: this.clientId, clientSecret: this.clientSecret };
  }

  /** Tokens of earlier calls stay valid: an application may hold many at once. */
  issueToken(now: number, ttlMs: number): string {
    for (const [token, end] of this.#tokens) if (end <= now) this.#tokens.delete(token);
    const token = `${this.world.accountId}.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, now + ttlMs);
    return token;
  }

  accepts(token: string, now: number): boolean {
    return (this.#tokens.get(token) ?? 0) > now;
  }

  revokeTokens(): number {
    const count = this.#tokens.size;
    this.#tokens.clear();
    return count;
  }
}

export class Applications {
  readonly all: readonly Application[];

  constructor(worlds: readonly TenantWorld[]) {
    this.all = worlds.map((world) => new Application(world));
  }

  byAccount(accountId: string): Application | undefined {
    return this.all.find(({ world }) => world.accountId === accountId);
  }

  byClient(clientId: string): Application | undefined {
    return this.all.find((application) => application.clientId === clientId);
  }

  /** Whose token the request carries, valid or not; a token names its account so that faults can match on it. */
  ofRequest(headers: IncomingHttpHeaders): { application: Application; token: string } | undefined {
    const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    const application = token === undefined ? undefined : this.byAccount(token.split('.')[0] ?? '');
    return token === undefined || !application ? undefined : { application, token };
  }
}
