/** What the clients of AWS's services have in common: whose credentials they take, and over which connections they call. */

import { present } from '../domain/present.js';
import { concealing } from '../http-client/conceal.js';
import { type Connections, processConnections } from '../http-client/connections.js';
import { RequestHandler } from './request-handler.js';
import { isExpired, type ServiceCall } from './s3-error.js';

export interface StaticKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AccessOptions {
  readonly region: string;
  /** Asked when the first request is made. Default: the chain of the AWS SDK. */
  readonly keys?: () => Promise<StaticKeys>;
  /** Permits `http:` and private hosts. Default false. */
  readonly allowInsecure?: boolean;
  /** Default those of the process. */
  readonly connections?: Connections;
  /** Silence after which a request is given up. Default 30 s. */
  readonly idleMs?: number;
}

/** The SDK tries once more by itself, which also corrects a clock that is wrong; what lasts longer is for Temporal. */
const MAX_ATTEMPTS = 2;

export class ClientAccess {
  private readonly connections: Connections;
  private secrets: readonly string[] = [];

  constructor(private readonly options: AccessOptions) {
    this.connections = options.connections ?? processConnections(options.allowInsecure ?? false);
  }

  /** Of a client. Its credential providers look into files as they are now, not as they were when this process looked first. */
  settings() {
    const { region, keys, idleMs } = this.options;
    const credentials = keys === undefined ? undefined : () => this.remembered(keys);
    const requestHandler = new RequestHandler(this.connections, idleMs);
    return { region, requestHandler, maxAttempts: MAX_ATTEMPTS, ignoreCache: true, ...present({ credentials }) };
  }

  /** Whether another client would find other credentials: one asks for those of a file only once. */
  isOutdated(error: unknown): boolean {
    return isExpired(error) && this.options.keys === undefined;
  }

  /** @param what for people: "list logs/receipt/". */
  call(what: string, url: URL): ServiceCall {
    return {
      ...{ what, host: url.host, areFixed: this.options.keys !== undefined },
      proxy: this.connections.proxyOf(url),
      conceal: concealing(this.secrets),
    };
  }

  private async remembered(keys: () => Promise<StaticKeys>): Promise<StaticKeys> {
    const found = await keys();
    this.secrets = [found.secretAccessKey, found.sessionToken].filter((secret) => secret !== undefined);
    return found;
  }
}
