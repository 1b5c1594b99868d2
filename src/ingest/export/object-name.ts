/** What the objects of an export are called. The same cut gives the same keys at every attempt. */

import { prefixesOf } from '../../config/source-config.js';
import type { StreamName } from '../../domain/streams/streams.js';

export interface ObjectOrigin {
  readonly installationId: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** What tells it from the other objects of the stream: the number of its cut, or a digest of what it holds. */
  readonly part: number | string;
  readonly at: Date;
}

export interface ObjectName {
  readonly key: string;
  readonly fileName: string;
}

const PART_DIGITS = 10;
/** Of the identity of an installation, enough to keep those apart that write to the same bucket. */
const INSTALLATION_DIGITS = 8;

/** Below the prefix that a source that reads a bucket expects for the stream, by the day. */
export function objectName(prefix: string, { installationId, sourceId, stream, part, at }: ObjectOrigin): ObjectName {
  const folder = prefixesOf([stream]).get(stream) ?? '';
  const [day = '', time = ''] = at.toISOString().slice(0, 19).split('T');
  const stamp = `${day.replaceAll('-', '')}T${time.replaceAll(':', '')}Z`;
  const origin = `${installationId.slice(0, INSTALLATION_DIGITS)}-${sourceId}-${String(part).padStart(PART_DIGITS, '0')}`;
  const fileName = `${folder.slice(0, -1)}_${stamp}_${origin}.json.gz`;
  return { key: `${prefix}${folder}${day.replaceAll('-', '/')}/${fileName}`, fileName };
}
