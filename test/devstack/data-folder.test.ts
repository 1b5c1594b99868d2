import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '../../devstack/data-folder.js';
import { identifyProcess } from '../../src/runtime/process-identity.js';
import { dataFolderPath } from '../../src/runtime/project-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'data');
});
afterEach(() => folder.remove());

test('is made when missing, and given back', () => {
  const data = openDataFolder(path);
  expect(data.file('mongod')).toBe(join(path, 'mongod'));
  data.release();
  expect(readdirSync(path)).toEqual([]);
});

test('belongs to one process at a time, and the message says to which', () => {
  const data = openDataFolder(path);
  expect(() => openDataFolder(path)).toThrow(`${path} is in use by process ${process.pid}`);
  data.release();
  openDataFolder(path).release();
});

test('is taken over from a process that was killed', async () => {
  const other = spawn('sleep', ['1000']);
  const identity = identifyProcess(other.pid ?? 0);
  openDataFolder(path).release();
  writeFileSync(join(path, 'lock'), JSON.stringify(identity));
  expect(() => openDataFolder(path)).toThrow(`in use by process ${other.pid}`);
  other.kill('SIGKILL');
  await new Promise((resolve) => other.once('exit', resolve));
  openDataFolder(path).release();
  expect(existsSync(join(path, 'lock'))).toBe(false);
});

test.each([
  ['a pid that was given to another process', JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' })],
  ['a text that is no lock', ''],
])('is taken over from %s', (_case, text) => {
  openDataFolder(path).release();
  writeFileSync(join(path, 'lock'), text);
  openDataFolder(path).release();
});

test('releasing does not take the folder from the next owner', () => {
  const first = openDataFolder(path);
  const next = JSON.stringify({ pid: process.pid, startedAt: 'next' });
  writeFileSync(join(path, 'lock'), next);
  first.release();
  expect(existsSync(join(path, 'lock'))).toBe(true);
});

test('is .data in the project, or what the environment says', () => {
  expect(dataFolderPath({})).toMatch(/\.data$/);
  expect(dataFolderPath({ MIMECAST_DATA_DIR: path })).toBe(path);
});
