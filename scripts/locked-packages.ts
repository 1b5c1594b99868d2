/** The packages of the lock file: what `npm ci` installs, for every platform. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/runtime/project-root.js';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** As the package says itself; absent when it does not. */
  readonly license?: string;
  /** Whether it is only for work on the project. */
  readonly isDev: boolean;
}

interface Entry {
  readonly version: string;
  readonly license?: string;
  readonly dev?: true;
}

/** Each name and version once, in the order of names. It is not of development if one place of it is not. */
export function lockedPackages(): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8'));
  const found = new Map<string, LockedPackage>();
  for (const [path, { version, license, dev }] of Object.entries<Entry>(packages)) {
    if (path === '') continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const isDev = dev === true && found.get(`${name}@${version}`)?.isDev !== false;
    found.set(`${name}@${version}`, { name, version, isDev, ...(license === undefined ? {} : { license }) });
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, locked]) => locked);
}
