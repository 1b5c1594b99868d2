/** Where the records of a source are exported to. */

import type { ExportForm } from '../../config/source-config.js';
import type { Bucket } from '../../s3/bucket.js';

export interface ExportTarget {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly form: ExportForm;
  readonly intervalMs: number;
}
