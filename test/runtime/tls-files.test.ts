/** The certificate's files: what is wrong with them is told by name, and those that are renewed are read again. */

import { copyFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expiryNotice, readTlsPair, type TlsPair, watchTlsPair } from '../../src/runtime/tls-files.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const [certFile, keyFile] = [fixture('server.pem'), fixture('server.key')];

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

test('a certificate and its key are read', () => {
  expect(readTlsPair({ certFile, keyFile }).validTo.toISOString()).toMatch(/^2126-/);
});

test.each<[string, { readonly certFile?: string; readonly keyFile?: string }, RegExp]>([
  ['no such file', { certFile: '/does/not/exist.pem' }, /^TLS_CERT_FILE: ENOENT.*exist\.pem/],
  ['a folder', { keyFile: fixture('') }, /^TLS_KEY_FILE: EISDIR/],
  ['the key as the certificate', { certFile: keyFile }, /^TLS_CERT_FILE: .*server\.key is no certificate in PEM form/],
  ['the certificate as the key', { keyFile: certFile }, /^TLS_KEY_FILE: .*server\.pem is no private key in PEM form/],
  ['the key of another', { keyFile: fixture('renewed.key') }, /^TLS_KEY_FILE: .* is not the key of the certificate in/],
])('%s is refused', (_, places, message) => {
  expect(() => readTlsPair({ certFile, keyFile, ...places })).toThrow(message);
});

test('files that are renewed are read again, half of them changes nothing, and wrong ones are told', async () => {
  const places = { certFile: `${folder.path}/tls.crt`, keyFile: `${folder.path}/tls.key` };
  copyFileSync(certFile, places.certFile);
  copyFileSync(keyFile, places.keyFile);
  const [changed, errors]: [TlsPair[], unknown[]] = [[], []];
  const end = watchTlsPair(places, readTlsPair(places), {
    ...{ onChange: (pair) => changed.push(pair), onError: (error) => errors.push(error), everyMs: 5 },
  });
  onTestFinished(end);
  writeFileSync(places.certFile, 'half of');
  await until(
    () => errors.length,
    (count) => count > 0,
  );
  copyFileSync(fixture('renewed.pem'), places.certFile);
  await until(
    () => String(errors.at(-1)),
    (text) => text.includes('is not the key'),
  );
  expect(changed).toEqual([]);
  copyFileSync(fixture('renewed.key'), places.keyFile);
  await until(
    () => changed.length,
    (count) => count > 0,
  );
  const told = errors.length;
  copyFileSync(certFile, places.certFile);
  copyFileSync(keyFile, places.keyFile);
  await until(
    () => changed.length,
    (count) => count > 1,
  );
  expect(changed.map(({ cert }) => cert)).toEqual([
    readTlsPair({ certFile: fixture('renewed.pem'), keyFile: fixture('renewed.key') }).cert,
    readTlsPair({ certFile, keyFile }).cert,
  ]);
  expect(errors.length).toBeGreaterThanOrEqual(told);
});

test.each([
  [15 * 24, undefined],
  [13 * 24, 'The certificate expires at 2030-01-01T00:00:00.000Z.'],
  [-1, 'The certificate has expired at 2030-01-01T00:00:00.000Z: renew it.'],
])('%d hours before its end', (hours, notice) => {
  const validTo = new Date('2030-01-01');
  expect(expiryNotice({ validTo }, validTo.getTime() - hours * 3_600_000)).toBe(notice);
});
