/** The page on licenses, made from the lock file. */

import { ALLOWED, EXCEPTIONS, licenseOf } from './licenses.js';
import { type LockedPackage, lockedPackages } from './locked-packages.js';

export const LICENSES_PAGE = 'docs/licenses.md';

export function licensesPage(): string {
  const all = lockedPackages();
  return [
    '# Licenses',
    '',
    '<!-- Made by "npm run docs" from package-lock.json and scripts/licenses.ts; a test compares it. -->',
    '',
    'The project has the license Apache-2.0. These are the packages of `package-lock.json`, those for other platforms included, as they state',
    'their licenses themselves. A test fails for a package without a license that is known, or with one that is not allowed.',
    '`npm run sbom` writes the same packages with their checksums.',
    '',
    `Allowed: ${[...ALLOWED].join(', ')}. With the exceptions of`,
    '',
    ...table(
      ['package', 'license', 'why'],
      EXCEPTIONS.map(({ packages, license, why, isForDevOnly }) => [
        `\`${packages}\``,
        license,
        `${why}${isForDevOnly ? '. Only for work on the project' : ''}`,
      ]),
    ),
    '',
    '## Packages that are needed to run it',
    '',
    ...packagesTable(all.filter(({ isDev }) => !isDev)),
    '',
    '## Packages for work on it',
    '',
    ...packagesTable(all.filter(({ isDev }) => isDev)),
    '',
  ].join('\n');
}

function packagesTable(packages: readonly LockedPackage[]): string[] {
  const rows = packages.map((locked) => [`\`${locked.name}\``, locked.version, licenseOf(locked) ?? 'unknown']);
  return table(['package', 'version', 'license'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
