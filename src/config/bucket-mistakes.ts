/** What the credentials of a bucket may not be together. */

import type { JsonObject } from '../domain/json.js';
import type { Mistake } from './mistakes.js';
import { SECRET_PLACEHOLDER } from './source-schema.js';

/** Of an object that describes a bucket: what its keys lack, or have too much. */
export function keyMistakes(place: 's3' | 'export', bucket: JsonObject, keepSecret: boolean): Mistake[] {
  const { accessKeyId, secretAccessKey, sessionToken } = bucket;
  const needed = (name: string, other: string) => ({ path: [place, name], message: `missing; needed with "${other}"` });
  const ofRole = ['externalId', 'roleSessionName', 'stsEndpoint'].filter((name) => !isAbsent(bucket[name]));
  const hasToken = !isAbsent(sessionToken);
  return [
    ...(isAbsent(accessKeyId) && !isAbsent(secretAccessKey) ? [needed('accessKeyId', 'secretAccessKey')] : []),
    ...(isAbsent(secretAccessKey) && !isAbsent(accessKeyId) ? [needed('secretAccessKey', 'accessKeyId')] : []),
    ...(hasToken && isAbsent(accessKeyId) && isAbsent(secretAccessKey) ? [needed('accessKeyId', 'sessionToken')] : []),
    ...(isAbsent(bucket.roleArn) && ofRole[0] !== undefined ? [needed('roleArn', ofRole[0])] : []),
    ...maskMistakes([place, 'secretAccessKey'], secretAccessKey, keepSecret),
    ...(hasToken && isMask(sessionToken) !== isMask(secretAccessKey)
      ? [{ path: [place, 'sessionToken'], message: 'belongs to its key: enter both, or leave both as they are stored' }]
      : []),
  ];
}

export function maskMistakes(path: readonly string[], value: unknown, keepSecret: boolean): Mistake[] {
  return isMask(value) && !keepSecret ? [{ path, message: NO_SECRET_YET }] : [];
}

const NO_SECRET_YET = `${SECRET_PLACEHOLDER} means the stored secret, and there is none yet; enter the secret itself`;

function isMask(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === SECRET_PLACEHOLDER;
}

/** As Terraform and forms write what is not set. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
