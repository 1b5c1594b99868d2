import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/domain/streams/definitions/audit.js';
import { heldMessages } from '../../src/domain/streams/definitions/hold.js';
import { stableIdOf as stableIdAt } from '../../src/records/sealed-id.js';
import { auditId, heldId, sealed } from '../support/sealed-ids.js';

const TIME = new Date('2025-09-15T12:00:00Z');
const FORMS = { audit: audit.identity, hold: heldMessages.identity };
type IdStream = keyof typeof FORMS;
const stableIdOf = (stream: IdStream, id: string, time: Date | undefined = TIME) => stableIdAt(FORMS[stream], id, time);
const HELD = { secureid: 'A', hldqid: 7, tmnd: 'node13', version: 1, tnde: '005', queue_id: 8 };
const AUDIT = { secureid: 'A', auditlogid: 7, customercode: 'C1', version: 1 };

describe('ids that name the same record', () => {
  test.each<[string, IdStream, string, string]>([
    ['a held message, told by another node', 'hold', heldId(7, 'node13'), heldId(7, 'node11')],
    ['an audit event, encrypted anew', 'audit', auditId(7, 'A'), auditId(7, 'B')],
    ['members in another order', 'hold', sealed(HELD), sealed(Object.fromEntries(Object.entries(HELD).reverse()))],
    ['without a version', 'hold', sealed(HELD), sealed({ ...HELD, version: undefined })],
    ['packed otherwise', 'hold', sealed(HELD), deflateSync(JSON.stringify(HELD), { level: 0 }).toString('base64url')],
    ['plain base64', 'audit', sealed(AUDIT), deflateSync(JSON.stringify(AUDIT)).toString('base64')],
  ])('%s', (_, stream, one, other) => {
    expect(stableIdOf(stream, one)).toEqual(expect.any(String));
    expect(stableIdOf(stream, one)).toBe(stableIdOf(stream, other));
  });
});

describe('ids that name different records', () => {
  test.each<[string, IdStream, object, object]>([
    ['another number', 'hold', HELD, { ...HELD, hldqid: 9 }],
    ['another number in the queue', 'hold', HELD, { ...HELD, queue_id: 9 }],
    ['another tenant', 'hold', HELD, { ...HELD, tnde: '006' }],
    ['one number less', 'hold', HELD, { ...HELD, queue_id: undefined }],
    ['a number and its digits', 'hold', HELD, { ...HELD, hldqid: '7' }],
    ['another event', 'audit', AUDIT, { ...AUDIT, auditlogid: 9 }],
    ['another customer', 'audit', AUDIT, { ...AUDIT, customercode: 'C2' }],
  ])('%s', (_, stream, one, other) => {
    const ids = [one, other].map((id) => stableIdOf(stream, sealed(id)));
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(2);
  });
});

test('the same number at another time is another record', () => {
  const later = new Date(TIME.getTime() + 1_000);
  expect(stableIdOf('hold', sealed(HELD), later)).not.toBe(stableIdOf('hold', sealed(HELD)));
});

describe('an id that is taken as it is', () => {
  test.each<[string, IdStream, string]>([
    ['no zlib', 'audit', 'eNq-1'],
    ['empty', 'audit', ''],
    ['of another form', 'audit', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ['with a prefix', 'hold', `MTOKEN:${sealed(HELD)}`],
    ['cut off', 'hold', sealed(HELD).slice(0, -12)],
    ['with a wrong checksum', 'hold', `${sealed(HELD).slice(0, -4)}AAAA`],
    ['gzip', 'hold', gzipSync(JSON.stringify(HELD)).toString('base64url')],
    ['raw deflate', 'hold', deflateRawSync(JSON.stringify(HELD)).toString('base64url')],
    ['no JSON', 'hold', sealed('{"hldqid":7')],
    ['no object', 'hold', sealed('[7]')],
    ['null', 'hold', sealed('null')],
    ['of the other stream', 'audit', sealed(HELD)],
    ['without its number', 'hold', sealed({ ...HELD, hldqid: undefined })],
    ['with an empty number', 'hold', sealed({ ...HELD, hldqid: '' })],
    ['with null for a number', 'hold', sealed({ ...HELD, hldqid: null })],
    ['with a number that has lost digits', 'hold', sealed('{"hldqid":9007199254740993,"tmnd":"a"}')],
    ['with a list for a number', 'hold', sealed({ ...HELD, hldqid: [7] })],
    ['with an unknown member', 'hold', sealed({ ...HELD, part: 2 })],
    ['with __proto__', 'hold', sealed('{"hldqid":7,"__proto__":{"queue_id":8}}')],
    ['of another version', 'hold', sealed({ ...HELD, version: 2 })],
    ['that unpacks to more than anybody would write', 'hold', sealed({ ...HELD, tmnd: 'x'.repeat(5_000) })],
    [
      'that unpacks to a thousand times its size',
      'hold',
      deflateSync(Buffer.alloc(2 * 1024 * 1024)).toString('base64url'),
    ],
    ['of a million characters', 'hold', `eN${'A'.repeat(1_000_000)}`],
  ])('%s', (_, stream, id) => {
    expect(stableIdOf(stream, id)).toBeUndefined();
  });
});
