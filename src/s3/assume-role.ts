/** The temporary credentials of a role. */

import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { present } from '../domain/present.js';
import type { RequestHandler } from './request-handler.js';
import type { Role } from './role.js';

const SESSION_NAME = 'mimecast-source';

export type CredentialProvider = ReturnType<typeof fromTemporaryCredentials>;
type Credentials = Awaited<ReturnType<CredentialProvider>>;

export interface AssumingOptions {
  readonly region: string;
  /** Credentials that assume it. Default: the chain of the AWS SDK. */
  readonly by: (() => Promise<Credentials>) | undefined;
  readonly requestHandler: RequestHandler;
  readonly maxAttempts: number;
}

/** Asks STS each time that it is called: the client that it is for keeps what it gets, until shortly before that expires. */
export function assuming(
  { arn, externalId, sessionName = SESSION_NAME, endpoint }: Role,
  { by, ...access }: AssumingOptions,
): CredentialProvider {
  return fromTemporaryCredentials({
    params: { RoleArn: arn, RoleSessionName: sessionName, ...present({ ExternalId: externalId }) },
    // Of a file, as it is now, and not as it was when this process looked first.
    masterCredentials: by ?? fromNodeProviderChain({ ignoreCache: true, clientConfig: access }),
    clientConfig: { ...access, ...present({ endpoint }) },
  });
}
