import { describe, expect, test } from 'vitest';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { contentDigest, identityOf, identityOfFile, identityOfId } from '../../src/records/identity.js';

const CONTENT = contentDigest('{"a":1}');

test('the digest is that of the bytes, whatever their form', () => {
  expect(contentDigest('abc')).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
  expect(contentDigest(Buffer.from('ä'))).toBe(contentDigest('ä'));
  expect(contentDigest(Uint8Array.from([97]))).toBe(contentDigest('a'));
  expect(contentDigest('{"a":1} ')).not.toBe(CONTENT);
});

describe('an identity', () => {
  test('never changes: documents stored by an earlier version have to be read again', () => {
    expect(identityOf(7, 'receipt', CONTENT, 1).toString('hex')).toBe('988bd778d83f19a0635d94664805512f');
    expect(identityOfId(7, 'audit', 'eNq1').toString('hex')).toBe('d5a555a84bfaf9e9cc5624897323c7b5');
    expect(identityOfFile(7, 'receipt', '/b/1.json.gz').toString('hex')).toBe('c4d36464b77413b076dcee54d5b11400');
  });

  test('has 16 bytes and the plain subtype', () => {
    for (const id of [identityOf(1, 'dlp', CONTENT, 1), identityOfId(1, 'hold', 'x'.repeat(300))]) {
      expect([id.length(), id.sub_type]).toEqual([16, 0]);
    }
  });

  test('differs with source, stream, content, occurrence, and between content and id', () => {
    const ids = [
      ...STREAMS.map((stream) => identityOf(1, stream, CONTENT, 1)),
      ...STREAMS.map((stream) => identityOfId(1, stream, CONTENT)),
      ...STREAMS.map((stream) => identityOfFile(1, stream, CONTENT)),
      identityOf(2, 'receipt', CONTENT, 1),
      identityOf(1, 'receipt', CONTENT, 2),
      identityOf(1, 'receipt', contentDigest('{"a":2}'), 1),
      identityOf(11, 'receipt', CONTENT, 1),
      identityOf(1, 'receipt', CONTENT, 11),
      identityOfId(1, 'audit', `${CONTENT}\n1`),
    ].map((id) => id.toString('hex'));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
