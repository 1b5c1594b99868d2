import { expect, test } from 'vitest';
import { readServerEnvironment } from '../../src/config/server-environment.js';

test('an empty environment has defaults', () => {
  const defaults = {
    ...{ port: undefined, host: '127.0.0.1', ratePerSecond: undefined, temporalUiUrl: undefined },
    ...{ tls: undefined, isProxy: undefined },
  };
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

const TLS = { TLS_CERT_FILE: '/tls.crt', TLS_KEY_FILE: '/tls.key' };

test.each([
  [{ HOST: 'localhost' }],
  [{ HOST: '127.0.0.53' }],
  [{ HOST: '0.0.0.0', ...TLS }],
  [{ HOST: 'server.example.com', ...TLS, TRUSTED_PROXIES: '10.0.0.1' }],
  [{ HOST: '::', TRUSTED_PROXIES: '10.0.0.0/8' }],
])('%o lets nobody read keys on their way', (env) => {
  expect(readServerEnvironment(env).host).toBe(env.HOST);
});

test.each<[NodeJS.ProcessEnv, string[]]>([
  [{ HOST: '0.0.0.0' }, ['HOST: lets other machines in']],
  [{ HOST: '::' }, ['HOST: lets other machines in']],
  [{ HOST: '127.0.0.1.example.com' }, ['HOST: lets other machines in']],
  [{ TLS_KEY_FILE: '/tls.key' }, ['TLS_CERT_FILE: missing; needed together with TLS_KEY_FILE']],
  [{ HOST: '0.0.0.0', TLS_CERT_FILE: '/tls.crt' }, ['TLS_KEY_FILE: missing; needed together with TLS_CERT_FILE']],
  ...[
    'everybody',
    ' , ',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.1;10.0.0.2',
    'proxy.example.com',
  ].map((proxies): [NodeJS.ProcessEnv, string[]] => [
    { HOST: '0.0.0.0', TRUSTED_PROXIES: proxies, PORT: 'x' },
    ['TRUSTED_PROXIES: must be addresses or ranges such as', 'PORT: must be a whole number'],
  ]),
])('%o is refused', (env, mistakes) => {
  for (const mistake of mistakes) expect(() => readServerEnvironment(env)).toThrow(mistake);
});

test.each([
  ['10.1.2.3', true],
  ['::ffff:10.1.2.3', true],
  ['10.2.0.1', false],
  ['fd00::7', true],
  ['fd01::7', false],
  ['192.0.2.1', true],
  ['192.0.2.2', false],
  ['', false],
  ['proxy', false],
])('whether %s is a trusted proxy', (address, isTrusted) => {
  const { isProxy } = readServerEnvironment({ TRUSTED_PROXIES: '10.1.0.0/16 192.0.2.1,fd00::/16' });
  expect(isProxy?.(address)).toBe(isTrusted);
});
