import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json above this file: the same from `src/` and from the built `dist/`. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** `MIMECAST_DATA_DIR`, or `.data` in the project's root. */
export function dataFolderPath(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.MIMECAST_DATA_DIR || join(projectRoot(), '.data'));
}
