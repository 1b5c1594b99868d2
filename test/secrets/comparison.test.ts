/** Whether a secret that is given again is the stored one. */

import { expect, test } from 'vitest';
import { Keyring } from '../../src/secrets/keyring.js';

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const ring = Keyring.parse(`k1:${keyOf(1)}`);

test.each(['secret', '', 'ü'.repeat(500)])('%j is told from others without being decrypted', async (secret) => {
  const jwe = await ring.encrypt(secret);
  expect(ring.isOf(jwe, secret)).toBe(true);
  expect(ring.isOf(jwe, `${secret} `)).toBe(false);
});

test('it is salted: the same secret twice shows no likeness', async () => {
  const macs = await Promise.all(['same', 'same'].map(async (secret) => macOf(await ring.encrypt(secret))));
  expect(macs[0]).not.toBe(macs[1]);
});

test('a key that is lost, or another key of the same name, says no', async () => {
  const jwe = await ring.encrypt('secret');
  expect(Keyring.parse(`k2:${keyOf(2)}`).isOf(jwe, 'secret')).toBe(false);
  expect(Keyring.parse(`k1:${keyOf(2)}`).isOf(jwe, 'secret')).toBe(false);
  expect(ring.isOf('damaged', 'secret')).toBe(false);
  expect(Keyring.parse(`k2:${keyOf(2)},k1:${keyOf(1)}`).isOf(jwe, 'secret')).toBe(true);
});

test.each(['k', 'k1', 'k12', 'k123', 'k1234'])('what is encrypted with "%s" begins as it should', async (name) => {
  const of = (key: string) => Keyring.parse(`${key}:${keyOf(3)}`);
  const jwe = await of(name).encrypt('x');
  expect(jwe.startsWith(of(name).currentPrefix)).toBe(true);
  for (const other of [`${name}0`, name.slice(0, -1) || 'j']) {
    expect(jwe.startsWith(of(other).currentPrefix)).toBe(false);
  }
});

function macOf(jwe: string): unknown {
  return JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()).mac;
}
