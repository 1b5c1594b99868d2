/** A stored record as the line that gives an equal document again. */

import { BSON } from 'mongodb';
import { expect, test } from 'vitest';
import { decodeText, textOf } from '../../src/records/decode.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';
import { receivedLine } from '../../src/records/received-line.js';
import { recordOfText } from '../../src/records/record-of-text.js';
import { compileChecked } from '../../src/rules/compile.js';
import type { Filter } from '../../src/rules/filter.js';

const METADATA = { sourceId: 1, source: 's', collector: 'c', fields: { team: 'x' }, siemForward: true };

/** As it comes back from the store. */
function stored(content: string | Uint8Array, filters: readonly Filter[] = []) {
  const { text, isUtf8 } = typeof content === 'string' ? { text: content, isUtf8: true } : textOf(content);
  const rules = compileChecked(filters, undefined);
  const maker = { stream: 'receipt' as const, metadata: METADATA, rules, receiptTime: new Date(Date.UTC(2026, 5, 2)) };
  const bytes = isUtf8 || typeof content === 'string' ? {} : { bytes: content };
  const id = identityOf(1, 'receipt', contentDigest(content), 1);
  const made = recordOfText(maker, { id, text, decoded: decodeText(text), place: 'p', size: text.length, ...bytes });
  if (made.kind !== 'document') throw new Error(made.kind);
  return BSON.deserialize(BSON.serialize({ ...made.document, _indicators: ['a'] }), { promoteBuffers: false });
}

const TIME = '"timestamp":1780272000000';

test.each<[string, string]>([
  ['a plain record', `{"aggregateId":"a",${TIME},"b":[1,"x",null,true,{"c":{}}],"empty":[]}`],
  ['the order of its keys', `{"z":1,"a":2,${TIME},"m":3}`],
  ['whole numbers of 64 bits', `{"n":9007199254740993,"m":-9223372036854775808,${TIME}}`],
  ['numbers beyond them', `{"n":92233720368547758070,"m":0.1234567890123456789,"o":1E+400,${TIME}}`],
  ['numbers of a double', `{"n":1.5,"m":9007199254740991,"o":1e-7,"p":2147483648,"q":-0,"r":1e+22,${TIME}}`],
  ['keys that metadata has, too', `{${TIME},"_source":"their own","_id":7,"_fields":{"x":1}}`],
  ['the key __proto__', `{"__proto__":{"a":1},${TIME}}`],
  ['signs of all kinds', `{"a":"\\u0000\\n\\"\\\\ é 日本 \\u2028",${TIME}}`],
  ['texts that look like dates and ids', `{"d":"2026-06-01T00:00:00Z","i":"6650f0f0f0f0f0f0f0f0f0f0",${TIME}}`],
])('%s', (_, text) => {
  const before = stored(text);
  const line = receivedLine(before).toString();
  expect(stored(line)).toEqual({ ...before, _id: expect.anything() });
});

test('what a document cannot hold comes from the text as received', () => {
  const repeated = `{"a":1,"a":2,${TIME}}`;
  expect(receivedLine(stored(repeated)).toString()).toBe(repeated);
  const halved = `{"a":"\\ud83d",${TIME}}`;
  expect(receivedLine(stored(halved)).toString()).toBe(halved);
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from(`",${TIME}}`)]);
  expect(receivedLine(stored(bytes))).toEqual(bytes);
});

test('a row that came over several lines is one line', () => {
  const text = `{\n"a":1,\r\n"a":2,\n${TIME}}`;
  const line = receivedLine(stored(text)).toString();
  expect(line).not.toMatch(/[\r\n]/);
  expect(JSON.parse(line)).toEqual(JSON.parse(text));
});

test('rules stay applied, and a text that a Mask has broken is a text within JSON', () => {
  const mask: Filter = { filterType: 'Mask', name: 'm', regexp: '"who":"([^"]+)"', mask: 'hidden' };
  const line = receivedLine(stored(`{"who":"a@b.c",${TIME}}`, [mask])).toString();
  expect(JSON.parse(line)).toEqual({ who: 'hidden', timestamp: 1_780_272_000_000 });
  const breaking: Filter = { filterType: 'Mask', name: 'm', regexp: '(:"a@b.c")', mask: 'hidden' };
  const broken = receivedLine(stored(`{"who":"a@b.c",${TIME}}`, [breaking])).toString();
  expect(JSON.parse(broken)).toEqual({ _maskedText: expect.stringContaining('hidden') });
});
