/** An entry of a file list without a usable address: there is nothing to download, so it is kept for a look. */

import { isObject, jsonOf, kindOf } from '../../domain/json.js';
import type { QuarantinedRecord } from '../../domain/records/record.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { Rejected } from '../../mimecast/siem.js';
import { contentDigest, identityOf } from '../../records/identity.js';

export function rejectedEntry(sourceId: number, stream: SiemStream, { value, reason }: Rejected): QuarantinedRecord {
  const text = jsonOf(value) ?? `${kindOf(value)} that is nested too deep to be shown`;
  // Each listing tells another time of expiry.
  const content = isObject(value) && 'expiry' in value ? jsonOf({ ...value, expiry: null }) : undefined;
  const id = identityOf(sourceId, stream, contentDigest(content ?? text), 1);
  return { id, reason: `not a file: ${reason}`, place: 'file list', text, size: Buffer.byteLength(text) };
}
