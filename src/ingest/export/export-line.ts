/** A stored record as a line of an object. */

import type { ExportForm } from '../../config/source-config.js';
import { exported } from '../../detections/exports.js';
import { detectionOf } from '../../detections/normalize.js';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { receivedLine } from '../../records/received-line.js';

/** @returns without the end of the line; `undefined` for a record that the form has nothing for, as it is no detection. */
export function exportLine(form: ExportForm, stream: StreamName, document: RecordDocument): Buffer | undefined {
  if (form === 'received') return receivedLine(document);
  const detection = detectionOf(stream, document);
  return detection === undefined ? undefined : Buffer.from(JSON.stringify(exported(form, detection)));
}
