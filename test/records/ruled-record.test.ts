import { Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { METADATA_KEYS } from '../../src/domain/records/metadata-keys.js';
import { decodeText } from '../../src/records/decode.js';
import { MASKED_TEXT_KEY, ruledRecord } from '../../src/records/ruled-record.js';
import { NO_RULES } from '../../src/rules/compile.js';
import { rulesFrom } from '../rules/rules-from.js';

const RULES = rulesFrom([
  { filterType: 'Exclude', regexp: '.*"action":"Rej".*' },
  { filterType: 'Include', regexp: '.*"type":"receipt".*' },
  { filterType: 'Mask', regexp: '"pw":"?([^",}]*)', mask: 'X' },
  { filterType: 'Mask', regexp: '"raw":(.*)', mask: 'X' },
  { filterType: 'Hash', regexp: '"user":"([^"]*)"' },
]);

function ruled(text: string, rules = RULES, isPiece = false) {
  const record = ruledRecord(rules, text, decodeText(text), { isPiece });
  const others = record.outcome === 'kept' ? ['text', 'matched', 'changes', 'hidden'] : ['matched', 'by'];
  return Object.fromEntries(Object.entries(record).filter(([key]) => !others.includes(key)));
}

test('the key of a masked text is kept for metadata', () => {
  expect(METADATA_KEYS.has(MASKED_TEXT_KEY)).toBe(true);
});

describe('a record', () => {
  test('without rules is what was received', () => {
    expect(ruled('{"pw":"abc"}', NO_RULES)).toEqual({ outcome: 'kept', record: { pw: 'abc' }, masked: 0, hashed: 0 });
  });

  test.each([
    ['is excluded', '{"type":"receipt","action":"Rej"}'],
    ['is in no Include', '{"type":"process"}'],
  ])('%s', (_, text) => {
    expect(ruled(text)).toEqual({ outcome: 'excluded' });
  });

  test('that no rule changes keeps each digit', () => {
    const text = '{"type":"receipt","n":9007199254740993}';
    expect(ruled(text)).toEqual({
      outcome: 'kept',
      record: { type: 'receipt', n: Long.fromString('9007199254740993') },
      masked: 0,
      hashed: 0,
    });
  });

  test('is masked and hashed, and keeps each digit', () => {
    const text = '{"type":"receipt","n":9007199254740993,"pw":"abc","user":"dan@demo.com"}';
    expect(ruled(text)).toEqual({
      outcome: 'kept',
      record: {
        type: 'receipt',
        n: Long.fromString('9007199254740993'),
        pw: 'X',
        user: '38357ee995993f047cce95db89b536b8',
      },
      masked: 1,
      hashed: 1,
    });
  });

  test.each([
    ['a number becomes a word', '{"type":"receipt","pw":123}', '{"type":"receipt","pw":X}'],
    ['its end is gone', '{"type":"receipt","raw":[1,2]}', '{"type":"receipt","raw":X'],
  ])('that a mask breaks is kept as masked text: %s', (_, text, maskedText) => {
    expect(ruled(text)).toEqual({ outcome: 'kept', record: {}, maskedText, masked: 1, hashed: 0 });
  });

  test('that a mask turns into JSON of another kind is kept as masked text', () => {
    const whole = rulesFrom([{ filterType: 'Mask', regexp: '(.*)', mask: '1' }]);
    expect(ruled('{"a":1}', whole)).toMatchObject({ outcome: 'kept', record: {}, maskedText: '1' });
  });

  test('whose rules are too much work is kept as masked text', () => {
    const endless = rulesFrom([{ filterType: 'Hash', regexp: '(a)(?:.*z)?' }]);
    expect(ruled(`{"a":"${'a'.repeat(50_000)}"}`, endless)).toMatchObject({ record: {}, maskedText: '#' });
  });

  test('that is cut after growing is kept as masked text', () => {
    const growing = rulesFrom([{ filterType: 'Mask', regexp: '(a)', mask: 'x'.repeat(99) }]);
    expect(ruled('{"a":1}', growing)).toMatchObject({ record: {}, maskedText: `{"${'x'.repeat(33)}` });
  });
});

describe('what is no record', () => {
  test('but JSON goes to quarantine masked, whatever Includes and Excludes say', () => {
    const text = '[{"action":"Rej","pw":"geheim"}]';
    expect(ruled(text)).toEqual({
      outcome: 'unreadable',
      reason: 'not a JSON object but a list',
      text: '[{"action":"Rej","pw":"X"}]',
    });
  });

  test.each([
    ['breaks off within the file', '{"type":"receipt","pw":"cut off in the mid'],
    ['is damaged elsewhere', '{"action":"Rej","pw":"geheim","x":geheim2}'],
    ['is none', 'geheim'],
  ])('is hidden as a whole, and its reason quotes nothing of it, when it %s', (_, text) => {
    expect(ruled(text)).toEqual({ outcome: 'unreadable', reason: 'not JSON as received', text: '#' });
  });

  test('is shown, and quoted, where nothing is to be hidden', () => {
    const text = 'geheim';
    const shown = { outcome: 'unreadable', reason: expect.stringContaining('geheim'), text };
    expect(ruled(text, NO_RULES)).toEqual(shown);
    expect(ruled(text, rulesFrom([{ filterType: 'Exclude', regexp: '.*' }]))).toEqual(shown);
  });

  test('the beginning of a record shows nothing of itself once anything is to be hidden', () => {
    const piece = '{"type":"receipt","pass":"gehe';
    expect(ruled(piece, RULES, true)).toEqual({ outcome: 'unreadable', reason: 'not JSON as received', text: '#' });
    const tooLong = { ok: false, reason: 'a line of 99 bytes is longer than a document can be' } as const;
    expect(ruledRecord(RULES, piece, tooLong, { isPiece: true })).toEqual({
      outcome: 'unreadable',
      reason: tooLong.reason,
      text: '#',
    });
    expect(ruledRecord(NO_RULES, piece, tooLong, { isPiece: true })).toMatchObject({ text: piece });
  });

  test('a last line without an end that is whole is a record', () => {
    expect(ruled('{"type":"receipt"}', RULES, true)).toMatchObject({ outcome: 'kept', record: { type: 'receipt' } });
  });
});
