import { expect, test } from 'vitest';
import { readServerEnvironment } from '../../src/config/server-environment.js';

test('an empty environment has defaults', () => {
  const defaults = { port: undefined, host: '127.0.0.1', ratePerSecond: undefined, temporalUiUrl: undefined };
  expect(readServerEnvironment({})).toEqual(defaults);
  expect(readServerEnvironment({ PORT: '', HOST: '', MIMECAST_API_RATE: '' })).toEqual(defaults);
});

test.each([
  [{ PORT: '0' }, { port: 0 }],
  [
    { PORT: '8080', HOST: '::1' },
    { port: 8080, host: '::1' },
  ],
  [{ MIMECAST_API_RATE: '50' }, { ratePerSecond: 50 }],
  [{ TEMPORAL_UI_URL: 'https://temporal.example.com/ui/' }, { temporalUiUrl: 'https://temporal.example.com/ui' }],
])('%o', (env, expected) => {
  expect(readServerEnvironment(env)).toMatchObject(expected);
});

test('every mistake is named at once', () => {
  const env = { PORT: '65536', HOST: 'a b', MIMECAST_API_RATE: '0', TEMPORAL_UI_URL: 'javascript:alert(1)' };
  const read = () => readServerEnvironment(env);
  expect(read).toThrow('PORT: must be a whole number from 0 to 65535 (found "65536")');
  expect(read).toThrow('HOST: must be an address');
  expect(read).toThrow('TEMPORAL_UI_URL: must be an address');
  expect(read).toThrow('MIMECAST_API_RATE: must be a whole number from 1 to 10000 (found "0")');
});
