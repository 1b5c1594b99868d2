/** Whether a secret that is given again is the stored one. */

import { expect, test } from 'vitest';
import { Keyring } from '../../src/secrets/keyring.js';

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const ring = Keyring.parse(`k1:${keyOf(1)}`);

test.each(['secret', '', 'ü'.repeat(500)])('%j is reported from others', async (secret) => {
  const jwe = await ring.encrypt(secret);
  expect(await ring.isOf(jwe, secret)).toBe(true);
  expect(await ring.isOf(jwe, `${secret} `)).toBe(false);
});

test('what earlier versions encrypted, with an HMAC of the secret in the header, is read, compared and replaced', async () => {
  const earlier =
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiazEiLCJtYWMiOiIyRXRRd2p3WXJzMWpWZVVMa3JxMmNRQTdGXzJBcTBaRVQ5WUF5' +
    'clNCU2JJeGVkRTZvZy1HUXM2Mk9aTjZxem5FIn0..zJ2mtkgHsQq6VtKf.a4NVmQ.0AlROKjC_j4M8zc43TreEA';
  expect(await ring.decrypt(earlier)).toBe('hush');
  expect(await ring.isOf(earlier, 'hush')).toBe(true);
  expect(await ring.isOf(earlier, 'other')).toBe(false);
  expect(earlier.startsWith(ring.currentPrefix)).toBe(false);
});

test('a key that is lost, or another key of the same name, says no', async () => {
  const jwe = await ring.encrypt('secret');
  expect(await Keyring.parse(`k2:${keyOf(2)}`).isOf(jwe, 'secret')).toBe(false);
  expect(await Keyring.parse(`k1:${keyOf(2)}`).isOf(jwe, 'secret')).toBe(false);
  expect(await ring.isOf('damaged', 'secret')).toBe(false);
  expect(await Keyring.parse(`k2:${keyOf(2)},k1:${keyOf(1)}`).isOf(jwe, 'secret')).toBe(true);
});

test.each(['k', 'k1', 'k12', 'k123', 'k1234'])('what is encrypted with "%s" begins as it should', async (name) => {
  const of = (key: string) => Keyring.parse(`${key}:${keyOf(3)}`);
  const jwe = await of(name).encrypt('x');
  expect(jwe.startsWith(of(name).currentPrefix)).toBe(true);
  for (const other of [`${name}0`, name.slice(0, -1) || 'j']) {
    expect(jwe.startsWith(of(other).currentPrefix)).toBe(false);
  }
});
