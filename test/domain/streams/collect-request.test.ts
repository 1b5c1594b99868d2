/** The payload of `collectNow`: anybody can send one. */

import { expect, test } from 'vitest';
import { collectRequestOf } from '../../../src/domain/streams/collect-request.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';

test.each<[string, unknown, object]>([
  ['no payload asks for all streams', undefined, {}],
  ['null, too', null, {}],
  ['an empty object, too', {}, {}],
  ['streams that are null, too: some programs write what they leave out', { streams: null }, {}],
  [
    'streams are taken in their own order, each once',
    { streams: ['dlp', 'receipt', 'dlp'] },
    { streams: ['receipt', 'dlp'] },
  ],
  ['all streams by name', { streams: [...STREAMS] }, { streams: STREAMS }],
])('%s', (_, payload, expected) => {
  expect(collectRequestOf(payload)).toEqual(expected);
});

const FORM = 'such as {"streams": ["receipt"]}';

test.each<[string, unknown, readonly string[]]>([
  ['a text', 'receipt', [`the payload must be an object ${FORM}, not a text`]],
  ['a list', ['receipt'], [`the payload must be an object ${FORM}, not a list`]],
  ['a number', 5, [`the payload must be an object ${FORM}, not a number`]],
  ['another key, as of a typing error', { stream: 'receipt' }, ['"stream": unknown key']],
  ['streams that are no list', { streams: 'receipt' }, [`streams: must be a list of streams, ${FORM}, not a text`]],
  ['no streams', { streams: [] }, ['streams: must name one stream at least; leave it out to poll all']],
  [
    'several mistakes at once',
    { all: true, streams: ['receipt', 'mail', 7, null] },
    [
      '"all": unknown key',
      `streams: not the name of a stream: "mail", a number, null; the streams are: ${STREAMS.join(', ')}`,
    ],
  ],
  ['a key of Object.prototype', JSON.parse('{"__proto__": {"streams": ["receipt"]}}'), ['"__proto__": unknown key']],
])('%s is a mistake', (_, payload, mistakes) => {
  expect(collectRequestOf(payload)).toEqual({ mistakes });
});

test('a payload without end is told in short', () => {
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${'k'.repeat(500)}${index}`, index]));
  const streams = Array.from({ length: 5_000 }, () => 'x'.repeat(500));
  const told = collectRequestOf({ ...keys, streams });
  expect(JSON.stringify(told).length).toBeLessThan(3_000);
  expect(JSON.stringify(told)).toContain('and 4990 more');
});
