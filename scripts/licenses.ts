/** Which licenses packages may have, and which packages may have another one all the same. */

import type { LockedPackage } from './locked-packages.js';

/** SPDX identifiers of licenses that ask for no more than to be named. */
export const ALLOWED: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'],
  ...['MIT-0', 'Python-2.0'],
]);

export interface LicenseException {
  /** Names of packages: as they are, or what they begin with, before a star. */
  readonly packages: string;
  readonly license: string;
  readonly why: string;
  /** Only for work on the project: never in what is shipped. */
  readonly isForDevOnly: boolean;
}

export const EXCEPTIONS: readonly LicenseException[] = [
  {
    packages: 'caniuse-lite',
    license: 'CC-BY-4.0',
    why: 'A table of browsers, which webpack brings with it for the bundle of workflows; nothing of it is in the bundle',
    isForDevOnly: false,
  },
  {
    packages: 'unionfs',
    license: 'Unlicense',
    why: 'Its package.json names no license; its LICENSE file is the text of the Unlicense',
    isForDevOnly: false,
  },
  {
    packages: 'axe-core',
    license: 'MPL-2.0',
    why: 'Looks at the pages in tests, unchanged',
    isForDevOnly: true,
  },
  {
    packages: 'lightningcss*',
    license: 'MPL-2.0',
    why: 'Comes with vitest, unchanged',
    isForDevOnly: true,
  },
];

/** What a package's license is taken for; undefined when nobody knows. */
export function licenseOf(locked: LockedPackage): string | undefined {
  return locked.license ?? exceptionFor(locked)?.license;
}

/** Why a package may not be used; undefined when it may. */
export function licenseMistake(locked: LockedPackage): string | undefined {
  const license = licenseOf(locked);
  if (license === undefined) return `${locked.name} ${locked.version} names no license`;
  if (isAllowed(license) || exceptionFor(locked)?.license === license) return undefined;
  return `${locked.name} ${locked.version} has the license ${license}`;
}

/** `A OR B`: one is enough. `A AND B`: both have to be allowed. */
function isAllowed(expression: string): boolean {
  const alternatives = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((license) => ALLOWED.has(license)));
}

function exceptionFor({ name, isDev }: LockedPackage): LicenseException | undefined {
  return EXCEPTIONS.find(({ packages, isForDevOnly }) => {
    if (isForDevOnly && !isDev) return false;
    return packages.endsWith('*') ? name.startsWith(packages.slice(0, -1)) : name === packages;
  });
}
