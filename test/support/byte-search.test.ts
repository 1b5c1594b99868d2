import { expect, test } from 'vitest';
import { findAll, formsOf, formsOfBytes } from './byte-search.js';
import { bytesWithin } from './stored-bytes.js';

const SECRET = 'hush "7f3a" +/&ü';
const wanted = { secret: formsOf(SECRET) };
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each<[string, string]>([
  ['as it is', SECRET],
  ['as JSON', JSON.stringify([SECRET])],
  ['as JSON within JSON', JSON.stringify(JSON.stringify([SECRET]))],
  ['URL-encoded', encodeURIComponent(SECRET)],
  ['form-encoded', String(new URLSearchParams({ a: SECRET, b: '1' }))],
  ...['', 'a', 'ab', 'abc'].flatMap((before): [string, string][] => [
    [`in base64 behind "${before}"`, base64(`${before}${SECRET}`)],
    [`in base64 behind "${before}", with more`, base64(`${before}${SECRET}\n and more`)],
  ]),
])('a text is found %s', async (_, text) => {
  expect(await findAll([{ name: 'it', bytes: Buffer.from(`<${text}>`) }], wanted)).toEqual(['secret in it']);
});

test('what is not there is not found', async () => {
  const bytes = bytesWithin({ a: ['hush', new Uint8Array([1, 2])], b: base64('hush "7f3b"') });
  expect(await findAll([{ name: 'it', bytes }], wanted)).toEqual([]);
});

test('bytes are found within a payload of a message', async () => {
  const key = Buffer.alloc(32, 7);
  const message = { payloads: [{ data: new TextEncoder().encode(`"k:${key.toString('base64')}"`) }] };
  const places = [{ name: 'it', bytes: bytesWithin(message) }];
  expect(await findAll(places, { key: formsOfBytes(key) })).toEqual(['key in it']);
});
