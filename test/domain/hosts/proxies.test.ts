import { describe, expect, test } from 'vitest';
import { proxiesOf, proxyFor } from '../../../src/domain/hosts/proxies.js';

type Env = Readonly<Record<string, string>>;

const proxyOf = (env: Env, address: string) => proxyFor(proxiesOf(env).proxies, new URL(address))?.name;
const BOTH = { HTTPS_PROXY: 'http://secure.example:3128', HTTP_PROXY: 'http://plain.example' };

describe('the proxy of a call', () => {
  test.each<[Env, string, string | undefined]>([
    [{}, 'https://api.services.mimecast.com', undefined],
    [BOTH, 'https://api.services.mimecast.com/oauth/token', 'secure.example:3128'],
    [BOTH, 'http://api.services.mimecast.com', 'plain.example:80'],
    [{ HTTP_PROXY: 'http://plain.example' }, 'https://a.example', undefined],
    [{ ...BOTH, https_proxy: 'https://lower.example' }, 'https://a.example', 'lower.example:443'],
    [{ HTTPS_PROXY: '', https_proxy: '' }, 'https://a.example', undefined],
    [{ HTTPS_PROXY: 'bare.example:8080' }, 'https://a.example', 'bare.example:8080'],
    [BOTH, 'http://127.0.0.1:8025', undefined],
    [BOTH, 'http://localhost:8025', undefined],
    [BOTH, 'https://[::1]:8025', undefined],
  ])('%o, %s: %s', (env, address, expected) => {
    expect(proxyOf(env, address)).toBe(expected);
  });
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['*', 'https://a.example', true],
    ['a.example', 'https://a.example', true],
    ['a.example', 'https://A.EXAMPLE.', true],
    ['a.example', 'https://b.a.example', true],
    ['.a.example', 'https://b.a.example', true],
    ['*.a.example', 'https://b.a.example', true],
    ['a.example', 'https://ba.example', false],
    ['a.example:8443', 'https://a.example', false],
    ['a.example:8443', 'https://a.example:8443', true],
    ['a.example:443', 'https://a.example', true],
    ['x.example, a.example', 'https://a.example', true],
    ['x.example a.example', 'https://a.example', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['2001:db8::1', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    [',.,:443', 'https://a.example', false],
    ['', 'https://a.example', false],
  ])('%s keeps %s off the proxy: %s', (NO_PROXY, address, expected) => {
    expect(proxyOf({ ...BOTH, NO_PROXY }, address) === undefined).toBe(expected);
    expect(proxyOf({ ...BOTH, NO_PROXY: 'other', no_proxy: NO_PROXY || 'other' }, address) === undefined).toBe(
      expected,
    );
  });
});

test.each([
  ['http://user:p%40ss@proxy.example:3128', 'user:p@ss'],
  ['http://us%C3%A9r:p@proxy.example:3128', 'usér:p'],
  ['http://user@proxy.example:3128', 'user:'],
])('credentials of %s are sent, and are no part of what is shown', (HTTPS_PROXY, expected) => {
  const { https } = proxiesOf({ HTTPS_PROXY }).proxies;
  expect(https).toEqual({
    origin: 'http://proxy.example:3128',
    name: 'proxy.example:3128',
    token: `Basic ${Buffer.from(expected).toString('base64')}`,
  });
});

test.each(['socks5://user:hush@proxy.example', 'http://', 'http://user:hush%zz@proxy.example', 'http://a b'])(
  '%s is a mistake, and told without its value',
  (HTTPS_PROXY) => {
    const { proxies, mistakes } = proxiesOf({ HTTPS_PROXY, http_proxy: 'ftp://hush' });
    expect(proxies).toEqual({ noProxy: [] });
    expect(mistakes).toEqual([
      'HTTPS_PROXY: must be an address such as http://proxy.example.com:3128',
      'http_proxy: must be an address such as http://proxy.example.com:3128',
    ]);
  },
);
