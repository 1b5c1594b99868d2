import { describe, expect, test } from 'vitest';
import { afterPiece, halved, pieceOf, type WindowPosition } from '../../../src/domain/streams/window.js';

const at = (second: number) => new Date(second * 1_000);
const PAGE = { number: 3, token: 't', met: 20 };
const WHOLE: WindowPosition = { from: at(0), to: at(100) };

test.each<[string, WindowPosition, number, number]>([
  ['the whole', WHOLE, 0, 100],
  ['a piece', { ...WHOLE, pieceMs: 30_000 }, 0, 30],
  ['the last piece', { ...WHOLE, from: at(90), pieceMs: 30_000 }, 90, 100],
])('the piece to be read: %s', (_, position, from, to) => {
  expect(pieceOf(position)).toEqual({ from: at(from), to: at(to) });
});

describe('halved', () => {
  test.each<[string, WindowPosition, WindowPosition | undefined]>([
    ['the whole', WHOLE, { ...WHOLE, pieceMs: 50_000 }],
    ['its pages are of no use any more', { ...WHOLE, page: PAGE }, { ...WHOLE, pieceMs: 50_000 }],
    ['a piece', { ...WHOLE, pieceMs: 50_000 }, { ...WHOLE, pieceMs: 25_000 }],
    ['the last piece', { ...WHOLE, from: at(90), pieceMs: 50_000 }, { ...WHOLE, from: at(90), pieceMs: 5_000 }],
    ['to whole seconds', { ...WHOLE, pieceMs: 3_000 }, { ...WHOLE, pieceMs: 2_000 }],
    ['two seconds', { ...WHOLE, pieceMs: 2_000 }, { ...WHOLE, pieceMs: 1_000 }],
    ['one and a half', { ...WHOLE, pieceMs: 1_500 }, { ...WHOLE, pieceMs: 1_000 }],
    ['one second', { ...WHOLE, pieceMs: 1_000 }, undefined],
    ['nothing', { from: at(5), to: at(5) }, undefined],
    [
      'what else is known stays',
      { ...WHOLE, inOneGo: true, listedAt: at(1) },
      { ...WHOLE, inOneGo: true, listedAt: at(1), pieceMs: 50_000 },
    ],
  ])('%s', (_, position, expected) => {
    expect(halved(position)).toEqual(expected);
  });

  test('ends, however long the window is', () => {
    let position: WindowPosition | undefined = { from: at(0), to: at(86_400 * 60) };
    let steps = 0;
    for (; position !== undefined; position = halved(position)) steps += 1;
    expect(steps).toBeLessThan(26);
  });
});

test.each<[string, WindowPosition, WindowPosition | undefined]>([
  ['the whole', WHOLE, undefined],
  ['a piece', { ...WHOLE, pieceMs: 30_000, page: PAGE }, { from: at(30), to: at(100), pieceMs: 60_000 }],
  ['the last piece', { ...WHOLE, from: at(90), pieceMs: 30_000 }, undefined],
])('what is left after %s', (_, position, expected) => {
  expect(afterPiece(position)).toEqual(expected);
});
