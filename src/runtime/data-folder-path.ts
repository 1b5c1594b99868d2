import { join, resolve } from 'node:path';
import { projectRoot } from './project-root.js';

/** `MIMECAST_DATA_DIR`, or `.data` in the project's root. */
export function dataFolderPath(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.MIMECAST_DATA_DIR || join(projectRoot(), '.data'));
}
