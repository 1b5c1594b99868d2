import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { announceStack, environmentWithStack } from '../../src/runtime/running-stack.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ENVIRONMENT = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'default',
  MONGODB_URI: 'mongodb://user:hush@127.0.0.1/',
  MONGODB_DB: 'mimecast',
  MIMECAST_INSTALLATION: '',
  MIMECAST_ALLOW_INSECURE: 'true',
  MIMECAST_SECRET_KEYS_FILE: '/keys',
  MIMECAST_SECRET_KEYS_NEEDED: '',
  MIMECAST_SERVER_URL: 'http://127.0.0.1:8080/api/v1',
};

test.each([false, true])('the addresses of npm start are for their owner alone (an earlier file: %s)', (isThere) => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'running.json');
  if (isThere) {
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
  }
  const before = readdirSync(folder.path);
  const withdraw = announceStack(folder.path, ENVIRONMENT);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path).sort()).toEqual([...new Set([...before, 'running.json'])].sort());
  expect(environmentWithStack({ MIMECAST_DATA_DIR: folder.path })).toMatchObject(ENVIRONMENT);
  withdraw();
  expect(existsSync(file)).toBe(false);
});
