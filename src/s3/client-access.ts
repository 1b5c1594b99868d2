/** What the clients of AWS's services have in common: whose credentials they take, and over which connections they call. */

import { present } from '../domain/present.js';
import { concealing } from '../http-client/conceal.js';
import { type Connections, processConnections } from '../http-client/connections.js';
import type { Observer } from '../metrics/observer.js';
import { assuming, type CredentialProvider } from './assume-role.js';
import { refuseInsecure } from './refuse-insecure.js';
import { RequestHandler } from './request-handler.js';
import { type Role, stsUrl } from './role.js';
import { isExpired, type ServiceCall } from './s3-error.js';
import { serviceErrorOf } from './service-error.js';

export interface StaticKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AccessOptions {
  readonly region: string;
  /** Asked when the first request is made. Default: the chain of the AWS SDK. */
  readonly keys?: () => Promise<StaticKeys>;
  /** Assumed with these keys, or with what the chain finds. Default: none. */
  readonly role?: Role;
  /** Permits `http:` and private hosts. Default false. */
  readonly allowInsecure?: boolean;
  /** Default those of the process. */
  readonly connections?: Connections;
  /** Silence after which a request is given up. Default 30 s. */
  readonly idleMs?: number;
  /** Told of calls and bytes. Default: nobody is. */
  readonly observer?: Observer;
}

/** The SDK tries once more by itself, which also corrects a clock that is wrong; what lasts longer is for Temporal. */
const MAX_ATTEMPTS = 2;

export class ClientAccess {
  private readonly connections: Connections;
  /** Of the keys, and of the role. */
  private readonly secrets: Record<'keys' | 'role', readonly string[]> = { keys: [], role: [] };

  /** @throws {RawError} with the origin `configuration` when the address of STS may not be called. */
  constructor(
    private readonly options: AccessOptions,
    private readonly service: 's3' | 'sqs',
  ) {
    const { allowInsecure = false, role } = options;
    if (role?.endpoint !== undefined && !allowInsecure) refuseInsecure(role.endpoint, 'the address of STS');
    this.connections = options.connections ?? processConnections(allowInsecure);
  }

  /** Of a client. Its credential providers look into files as they are now, not as they were when this process looked first. */
  settings() {
    const { region, keys, role, allowInsecure = false, idleMs, observer } = this.options;
    const handlerOf = (service: string) =>
      new RequestHandler(this.connections, { allowInsecure, service, ...present({ idleMs, observer }) });
    const common = { region, requestHandler: handlerOf(this.service), maxAttempts: MAX_ATTEMPTS };
    const by = keys === undefined ? undefined : () => this.remembered(keys);
    const credentials =
      role === undefined ? by : this.ofRole(role, assuming(role, { ...common, requestHandler: handlerOf('sts'), by }));
    return { ...common, ignoreCache: true, ...present({ credentials }) };
  }

  /** Whether another client would find other credentials: one asks for those of a file, or of a role, only once. */
  isOutdated(error: unknown): boolean {
    return isExpired(error) && !this.areFixed;
  }

  /** @param what for people: "list logs/receipt/". */
  call(what: string, url: URL): ServiceCall {
    return this.callBy(what, url, this.areFixed);
  }

  private get areFixed(): boolean {
    return this.options.keys !== undefined && this.options.role === undefined;
  }

  private callBy(what: string, url: URL, areFixed: boolean): ServiceCall {
    const conceal = concealing([...this.secrets.keys, ...this.secrets.role]);
    return { ...{ what, host: url.host, areFixed }, proxy: this.connections.proxyOf(url), conceal };
  }

  private async remembered(keys: () => Promise<StaticKeys>): Promise<StaticKeys> {
    const found = await keys();
    this.secrets.keys = secretsOf(found);
    return found;
  }

  private ofRole(role: Role, assume: CredentialProvider): CredentialProvider {
    const { region, keys } = this.options;
    return async (caller) => {
      try {
        const found = await assume(caller);
        this.secrets.role = secretsOf(found);
        return found;
      } catch (error) {
        const call = this.callBy(`assume the role ${role.arn}`, stsUrl(role, region), keys !== undefined);
        throw serviceErrorOf(error, 'sts', call);
      }
    };
  }
}

function secretsOf({ secretAccessKey, sessionToken }: Omit<StaticKeys, 'accessKeyId'>): string[] {
  return [secretAccessKey, sessionToken].filter((secret) => secret !== undefined);
}
