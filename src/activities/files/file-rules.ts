import { FILE_PATIENCES, type FilePatiences } from './file-patience.js';
import type { ReadOptions } from './read-batch-file.js';

/** How batch files are read, and when one is given up. */
export interface FileRules {
  readonly patiences: FilePatiences;
  /** Limits of content and lines; the default of each stands beside it. */
  readonly reading: ReadOptions;
}

export const FILE_RULES: FileRules = { patiences: FILE_PATIENCES, reading: {} };
