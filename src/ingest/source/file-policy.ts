import type { FileFault } from '../../domain/records/bad-file.js';
import type { DownloadOptions } from '../../mimecast/client.js';
import type { LineOptions } from '../../records/lines.js';

/** So many files, or objects, that fail one after the other for no reason of their own are an outage; the others would fail too. */
export const MAX_OUTAGES = 3;

/** When to go on without a file: not before all of these. */
export interface FileRetryBudget {
  readonly attempts: number;
  /** Since the first attempt, in milliseconds. */
  readonly ms: number;
  /** The same while no other file of the page can be had either; without it, the others are of no account. */
  readonly withoutControlMs?: number;
}

export type FileRetryBudgets = Readonly<Record<FileFault, FileRetryBudget>>;

/** With `salvage`, whatever a damaged file still gives is handed out before the error: nobody will ask it again. */
export type ReadOptions = DownloadOptions & LineOptions;

/** How batch files are read, and when one is given up. */
export interface FilePolicy {
  readonly retryBudgets: FileRetryBudgets;
  /** Limits of content and lines; the default of each stands beside it. */
  readonly reading: ReadOptions;
}
