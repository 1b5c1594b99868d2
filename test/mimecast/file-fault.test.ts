import { expect, test } from 'vitest';
import { type ErrorFacts, RawError } from '../../src/domain/failures/failure.js';
import { DamagedFileError, type FileDamage } from '../../src/http-client/file-damage.js';
import { fileFaultOf } from '../../src/mimecast/file-fault.js';

test.each<[FileDamage, string]>([
  ['cut', 'damaged'],
  ['corrupt', 'damaged'],
  ['foreign', 'foreign'],
  ['oversized', 'oversized'],
])('%s content: the file is %s', (damage, fault) => {
  expect(fileFaultOf(new DamagedFileError(damage, 'x'))).toBe(fault);
});

test.each<[string, Partial<ErrorFacts>]>([
  ['403', { status: 403, code: 'AccessDenied' }],
  ['404', { status: 404 }],
  ['400', { status: 400, code: 'InvalidRequest' }],
  ['a redirect', { status: 307 }],
  ['an address that may not be called', { code: 'address_refused' }],
])('%s: the file is missing', (_, facts) => {
  expect(fileFaultOf(new RawError({ origin: 'file', message: '', ...facts }))).toBe('missing');
});

test.each<[string, unknown]>([
  ...[500, 503, 408, 425, 429].map((status): [string, unknown] => [
    String(status),
    new RawError({ origin: 'file', message: '', status }),
  ]),
  ['a lost connection', new RawError({ origin: 'file', message: '', cause: 'reset' })],
  ['silence', new RawError({ origin: 'file', message: '', cause: 'timeout' })],
  ['a refusal of the API', new RawError({ origin: 'mimecast', message: '', status: 403 })],
  ['a cancellation', new Error('cancelled')],
])('%s says nothing of the file', (_, error) => {
  expect(fileFaultOf(error)).toBeUndefined();
});
