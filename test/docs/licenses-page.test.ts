import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXCEPTIONS, licenseMistake } from '../../scripts/licenses.js';
import { LICENSES_PAGE, licensesPage } from '../../scripts/licenses-page.js';
import { type LockedPackage, lockedPackages } from '../../scripts/locked-packages.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the page on licenses says what the lock file does; "npm run docs" writes it again', () => {
  expect(readFileSync(`${projectRoot()}/${LICENSES_PAGE}`, 'utf8')).toBe(licensesPage());
});

test('each package has a license that is allowed', () => {
  const packages = lockedPackages();
  expect(packages.length).toBeGreaterThan(300);
  expect(packages.flatMap((locked) => licenseMistake(locked) ?? [])).toEqual([]);
});

test('each exception is of a package that is there', () => {
  const names = lockedPackages().map(({ name }) => name);
  const unused = EXCEPTIONS.filter(({ packages }) => !names.some((name) => name.startsWith(packages.replace('*', ''))));
  expect(unused).toEqual([]);
});

describe('a package', () => {
  const locked = (license?: string, name = 'a', isDev = false): LockedPackage => ({
    ...{ name, version: '1.0.0', isDev },
    ...(license === undefined ? {} : { license }),
  });
  test.each<[string, LockedPackage, string | undefined]>([
    ['with an allowed license', locked('MIT'), undefined],
    ['with one of two', locked('GPL-3.0-only OR MIT'), undefined],
    ['with one of two in brackets', locked('(MIT OR CC0-1.0)'), undefined],
    ['with both of two', locked('Apache-2.0 AND MIT'), undefined],
    ['with one of both', locked('MIT AND GPL-3.0-only'), 'a 1.0.0 has the license MIT AND GPL-3.0-only'],
    ['with another license', locked('AGPL-3.0-only'), 'a 1.0.0 has the license AGPL-3.0-only'],
    ['without a license', locked(), 'a 1.0.0 names no license'],
    ['that is an exception', locked('CC-BY-4.0', 'caniuse-lite'), undefined],
    [
      'that was one, with a new license',
      locked('GPL-2.0-only', 'caniuse-lite'),
      'caniuse-lite 1.0.0 has the license GPL-2.0-only',
    ],
    ['that is one for development', locked('MPL-2.0', 'lightningcss-linux-x64-gnu', true), undefined],
    [
      'that is one for development, and shipped',
      locked('MPL-2.0', 'axe-core'),
      'axe-core 1.0.0 has the license MPL-2.0',
    ],
  ])('%s', (_, given, mistake) => {
    expect(licenseMistake(given)).toBe(mistake);
  });
});
