import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTemporalConfig } from '../../src/config/temporal.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A configuration file with this text, as the `temporal` program keeps one. */
function file(text: string): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'temporal.toml');
  writeFileSync(path, text);
  return path;
}

/** Keeps a file that the developer may have out of the tests. */
const NO_FILE = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };

test('without any setting it is the local server', () => {
  const config = readTemporalConfig(NO_FILE);
  expect(config).toMatchObject({ address: 'localhost:7233', connectionOptions: { address: 'localhost:7233' } });
  expect(config.namespace ?? 'default').toBe('default');
});

test('address and namespace of the environment', () => {
  const config = readTemporalConfig({ ...NO_FILE, TEMPORAL_ADDRESS: '10.0.0.1:7000', TEMPORAL_NAMESPACE: 'mail' });
  expect(config).toMatchObject({
    address: '10.0.0.1:7000',
    namespace: 'mail',
    connectionOptions: { address: '10.0.0.1:7000' },
  });
});

test('an API key turns on TLS', () => {
  const { connectionOptions } = readTemporalConfig({ ...NO_FILE, TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: 'key' });
  expect(connectionOptions.apiKey).toBe('key');
  expect(connectionOptions.tls).toBeTruthy();
});

test('a profile of the configuration file, and the environment before it', () => {
  const TEMPORAL_CONFIG_FILE = file('[profile.default]\naddress = "file:1"\nnamespace = "from-file"\n');
  expect(readTemporalConfig({ TEMPORAL_CONFIG_FILE })).toMatchObject({ address: 'file:1', namespace: 'from-file' });
  expect(readTemporalConfig({ TEMPORAL_CONFIG_FILE, TEMPORAL_ADDRESS: 'env:2' })).toMatchObject({
    address: 'env:2',
    namespace: 'from-file',
  });
});

test('an empty variable counts as not set', () => {
  expect(readTemporalConfig({ ...NO_FILE, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' }).address).toBe(
    'localhost:7233',
  );
});

test('a file that cannot be read as one is named as the reason', () => {
  expect(() => readTemporalConfig({ TEMPORAL_CONFIG_FILE: file('[profile') })).toThrow(
    /^Temporal's configuration is wrong: ./,
  );
});
