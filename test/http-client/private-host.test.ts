import { expect, test } from 'vitest';
import { isPrivateHost } from '../../src/http-client/private-host.js';

const hostOf = (address: string) => new URL(`https://${address}/`).hostname;

test.each([
  'api.services.mimecast.com',
  'api.services.mimecast.com.',
  'bucket.s3.eu-west-1.amazonaws.com',
  'localhost.example.com',
  'internal.example.com',
  'mylocal.net',
  '8.8.8.8',
  '1.1.1.1.',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.0.1',
  '[2600::1]',
  '[::2]',
  '[::1:0:0]',
  '[fbff::1]',
  '[fec0::1]',
  '[::ffff:8.8.8.8]',
  '[64:ff9b::808:808]',
])('%s is public', (address) => {
  expect(isPrivateHost(hostOf(address))).toBe(false);
});

test.each([
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'a.b.localhost.',
  'mongodb',
  'printer.local',
  'metadata.google.internal',
  'nas.lan',
  'router.home.arpa',
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '127.0.0.1.',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '172.16.0.0',
  '172.31.255.255',
  '192.168.0.1',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[fc00::1]',
  '[fdff:ffff::1]',
  '[fe80::1]',
  '[febf::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a00:1]',
  '[64:ff9b::10.0.0.1]',
])('%s is private', (address) => {
  expect(isPrivateHost(hostOf(address))).toBe(true);
});
