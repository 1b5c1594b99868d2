/** SECURITY.md names what exists. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';

const text = readFileSync(join(projectRoot(), 'SECURITY.md'), 'utf8');
const paths = [...text.matchAll(/`((?:src|test|devstack|scripts)\/[^`\s]+)`/g)].map(([, path = '']) => path);

test('each file that it names is there', () => {
  expect(paths.length).toBeGreaterThan(80);
  expect(paths.filter((path) => !existsSync(join(projectRoot(), path)))).toEqual([]);
});

test('each package that runs a script when it is installed is named', () => {
  const { packages } = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8'));
  const scripted = Object.entries<{ hasInstallScript?: true }>(packages).filter(([, entry]) => entry.hasInstallScript);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
