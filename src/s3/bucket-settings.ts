/** A bucket as a configuration describes it. */

import { present } from '../domain/present.js';
import type { BucketOptions } from './bucket.js';
import type { StaticKeys } from './client-access.js';
import { type RoleSettings, roleOf } from './role.js';

/** What a configuration says of a bucket. */
export interface BucketSettings extends Pick<BucketOptions, 'bucket' | 'region'>, RoleSettings {
  readonly endpoint?: string;
  /** Default: where there is an endpoint. */
  readonly pathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly requesterPays?: boolean;
}

/** @param secrets of the key that is configured; not asked where none is. */
export function bucketOptionsOf(
  settings: BucketSettings,
  secrets: () => Promise<Omit<StaticKeys, 'accessKeyId'>>,
): BucketOptions {
  const { bucket, region, endpoint, pathStyle = endpoint !== undefined, accessKeyId, requesterPays } = settings;
  const keys = accessKeyId === undefined ? undefined : async () => ({ accessKeyId, ...(await secrets()) });
  return { bucket, region, pathStyle, ...present({ endpoint, keys, role: roleOf(settings), requesterPays }) };
}
