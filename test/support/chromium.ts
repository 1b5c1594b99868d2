/** Where the browser for tests of the pages is. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first is the same browser without a window, and starts in a third of the time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** `CHROMIUM_PATH`, or what is found in PATH; `undefined` when there is none: then the tests are skipped. */
export const CHROMIUM = process.env.CHROMIUM_PATH || inPath();

function inPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
