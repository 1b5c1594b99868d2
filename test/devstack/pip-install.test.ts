/** That the real pip installs a wheel with its checksum, and none with another one. */

import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pipInstall } from '../../devstack/pip-install.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const FILE = 'tiny_program-1.0-py3-none-any.whl';

let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string) => join(folder.path, name);

beforeEach(() => {
  folder = temporaryFolder();
  for (const name of ['wheel/bin', 'wheel/tiny_program-1.0.dist-info', 'index', 'target'])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at('wheel/bin/tiny'), 'a program\n');
  const info = 'wheel/tiny_program-1.0.dist-info';
  writeFileSync(at(`${info}/METADATA`), 'Metadata-Version: 2.1\nName: tiny-program\nVersion: 1.0\n');
  writeFileSync(at(`${info}/WHEEL`), 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  writeFileSync(at(`${info}/RECORD`), '');
  execFileSync('python3', ['-m', 'zipfile', '-c', at(`index/${FILE}`), 'bin', 'tiny_program-1.0.dist-info'], {
    cwd: at('wheel'),
  });
});
afterEach(() => folder.remove());

/** From a folder in place of a registry. */
function install(sha256: readonly string[]): Promise<void> {
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: at('index'), PIP_CONFIG_FILE: '/dev/null' };
  return pipInstall({ package: 'tiny-program', version: '1.0', path: 'bin/tiny', sha256 }, at('target'), { env });
}

const OTHER = '0'.repeat(64);
const own = () => hash('sha256', readFileSync(at(`index/${FILE}`)), 'hex');

test('a wheel with one of its checksums is installed', async () => {
  await install([OTHER, own()]);
  expect(readFileSync(at('target/bin/tiny'), 'utf8')).toBe('a program\n');
  expect(existsSync(at('target/requirements.txt'))).toBe(false);
});

test('a wheel with another checksum is refused', async () => {
  await expect(install([OTHER])).rejects.toThrow(/THESE PACKAGES DO NOT MATCH THE HASHES/);
  expect(readdirSync(at('target'))).toEqual([]);
});

test('a wheel without any known checksum is refused', async () => {
  await expect(install([])).rejects.toThrow(/hash/i);
  expect(readdirSync(at('target'))).toEqual([]);
});
