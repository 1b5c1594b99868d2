import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTemporalConfig } from '../../src/config/temporal.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A configuration file with this text, until the tests are through, as the `temporal` program keeps one. */
function file(text: string): string {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
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
    /^Invalid Temporal configuration: ./,
  );
});

describe('an API key', () => {
  const KEY = 'hush7f3a-\u00fcber';
  const withKey = (TEMPORAL_API_KEY: string) => readTemporalConfig({ ...NO_FILE, TEMPORAL_API_KEY });

  test.each(['key\n', ' key\r\n', 'key '])('loses the line end of the file that it was mounted from: %j', (key) => {
    expect(withKey(key).connectionOptions.apiKey).toBe('key');
  });

  test('of blanks alone is none', () => {
    const { connectionOptions } = withKey(' \n');
    expect(connectionOptions).toMatchObject({ apiKey: undefined, tls: undefined });
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['of another alphabet', { ...NO_FILE, TEMPORAL_API_KEY: KEY }],
    ['with a line end in its middle', { ...NO_FILE, TEMPORAL_API_KEY: 'hush7f3a\nhush' }],
    ['in a header', { ...NO_FILE, TEMPORAL_GRPC_META_AUTHORIZATION: `Bearer ${KEY}` }],
    ['in the file', { TEMPORAL_CONFIG_FILE: file(`[profile.default]\napi_key = "${KEY}"\n`) }],
    ['in a file that is none', { TEMPORAL_CONFIG_FILE: file(`[profile.default]\napi_key = "${KEY}\n`) }],
  ])('%s is refused, and not shown', (_, env) => {
    const error = (() => {
      try {
        return readTemporalConfig(env);
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(String(error)).toMatch(/^Error: Invalid Temporal configuration: .+(is not allowed in a header|line 2)/);
    expect(String(error)).not.toMatch(/hush|ber/);
  });
});
