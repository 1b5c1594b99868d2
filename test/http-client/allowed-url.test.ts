import { expect, test } from 'vitest';
import { allowedUrl } from '../../src/http-client/allowed-url.js';

const rule = (allowInsecure: boolean) => ({ allowInsecure, origin: 'file', endpoint: 'file store' }) as const;

test.each([
  'https://api.services.mimecast.com',
  'https://bucket.s3.eu-west-1.amazonaws.com/a.json.gz?X-Amz-Signature=1',
  'https://8.8.8.8/x',
  'https://172.15.0.1/x',
  'https://[2600::1]/x',
])('%s is allowed', (address) => {
  expect(allowedUrl(address, rule(false)).href).toContain(address);
});

test.each([
  'http://api.services.mimecast.com/?sig=hush',
  'ftp://api.services.mimecast.com/?sig=hush',
  'https://user:hush@api.services.mimecast.com/',
  'https://localhost/?sig=hush',
  'https://x.localhost/?sig=hush',
  'https://localhost./?sig=hush',
  'https://mongodb/?sig=hush',
  'https://metadata.google.internal/?sig=hush',
  'https://127.0.0.1/?sig=hush',
  'https://0x7f.1/?sig=hush',
  'https://2130706433/?sig=hush',
  'https://0.0.0.0/?sig=hush',
  'https://10.1.2.3/?sig=hush',
  'https://100.64.0.1/?sig=hush',
  'https://169.254.169.254/?sig=hush',
  'https://172.31.255.255/?sig=hush',
  'https://192.168.0.1/?sig=hush',
  'https://[::1]/?sig=hush',
  'https://[::]/?sig=hush',
  'https://[::ffff:10.0.0.1]/?sig=hush',
  'https://[fd00::1]/?sig=hush',
  'https://[fe80::1]/?sig=hush',
  'hush',
])('%s is refused, without telling its secrets', (address) => {
  const attempt = () => allowedUrl(address, rule(false));
  expect(attempt).toThrow(expect.objectContaining({ facts: expect.objectContaining({ code: 'address_refused' }) }));
  expect(attempt).not.toThrow(/hush/);
});

test.each(['http://127.0.0.1:8080/x', 'http://simulator:1/', 'https://[::1]/'])(
  '%s is allowed when insecure',
  (address) => {
    expect(allowedUrl(address, rule(true)).href).toBe(address);
  },
);

test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://u:p@localhost/', ''])(
  '%s is refused even so',
  (address) => {
    expect(() => allowedUrl(address, rule(true))).toThrow();
  },
);
