/** A role, which other credentials assume at AWS's Security Token Service (STS). */

import { isAwsHost } from '../domain/hosts/aws-hosts.js';
import { present } from '../domain/present.js';

export interface Role {
  readonly arn: string;
  /** What the role's owner has agreed on with whoever may assume it. */
  readonly externalId?: string;
  /** Under which the owner finds the requests in their logs. Default `mimecast-source`. */
  readonly sessionName?: string;
  /** Where STS is. Default: AWS's in the region, or where `AWS_ENDPOINT_URL_STS` says. */
  readonly endpoint?: string;
}

/** What a configuration says of a role. */
export interface RoleSettings {
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
  readonly stsEndpoint?: string;
  /** Of the bucket. */
  readonly endpoint?: string;
}

/** A store that is not AWS's has its own roles: what is meant for it is never sent to AWS. */
export function roleOf({ roleArn, stsEndpoint, endpoint, ...rest }: RoleSettings): Role | undefined {
  if (roleArn === undefined) return undefined;
  const ofStore = endpoint === undefined || isAwsHost(new URL(endpoint).hostname) ? undefined : endpoint;
  const { externalId, roleSessionName: sessionName } = rest;
  return { arn: roleArn, ...present({ externalId, sessionName, endpoint: stsEndpoint ?? ofStore }) };
}

/** Host that is asked, for people. */
export function stsUrl({ endpoint }: Role, region: string): URL {
  return new URL(endpoint ?? `https://sts.${region}.amazonaws.com`);
}
