/** The forms in which objects of records lie in buckets, as the writer of a run makes them, and messages about them. */

import { gzipSync } from 'node:zlib';
import type { SeededRandom } from '../../../support/random.js';

export interface ObjectForm {
  /** End of its name, which need not be true. */
  readonly suffix: string;
  readonly isZipped: boolean;
  readonly bodyOf: (lines: readonly string[]) => string;
}

const asLines = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const wrapped = (lines: readonly string[]) => asLines(lines.map((line) => `{"event":${line}}`));
const asArray = (lines: readonly string[]) => `[${lines.join(',\n')}]`;

export const FORMS: readonly ObjectForm[] = [
  { suffix: '.json.gz', isZipped: true, bodyOf: asLines },
  { suffix: '.json.gz', isZipped: true, bodyOf: asLines },
  { suffix: '.json', isZipped: false, bodyOf: asLines },
  { suffix: '', isZipped: true, bodyOf: wrapped },
  { suffix: '.gz', isZipped: false, bodyOf: asLines },
  { suffix: '.json', isZipped: true, bodyOf: asArray },
];

export function bytesOf({ isZipped, bodyOf }: ObjectForm, lines: readonly string[]): Buffer {
  const body = Buffer.from(bodyOf(lines));
  return isZipped ? gzipSync(body) : body;
}

/** Cut off in the middle of what is compressed. @param share of it that is left, from 0 to 1. */
export function truncated(lines: readonly string[], share: number): Buffer {
  const whole = gzipSync(asLines(lines));
  return whole.subarray(0, Math.max(20, Math.floor(whole.length * share)));
}

/** What a writer that was interrupted leaves of a line. */
export function brokenLine(line: string): string {
  return line.slice(0, Math.floor(line.length / 2));
}

export interface Announced {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
}

/** A message in one of the forms in which S3 tells of an object that was written. */
export function announcement({ bucket, key, etag }: Announced, random: SeededRandom): unknown {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  const record = {
    ...{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' },
    s3: { bucket: { name: bucket }, object: { key: encoded, eTag: etag } },
  };
  return random.pick([
    { Records: [record] },
    { Type: 'Notification', Message: JSON.stringify({ Records: [record] }) },
    {
      ...{ version: '0', 'detail-type': 'Object Created', source: 'aws.s3' },
      detail: { bucket: { name: bucket }, object: { key, etag } },
    },
  ]);
}
