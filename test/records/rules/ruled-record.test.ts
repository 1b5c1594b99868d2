import { Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/records/decode.js';
import { METADATA_KEYS } from '../../../src/records/document.js';
import { NO_RULES } from '../../../src/records/rules/compile.js';
import { MASKED_TEXT_KEY, ruledRecord } from '../../../src/records/rules/ruled-record.js';
import { rulesFrom } from './rules-from.js';

const RULES = rulesFrom([
  { filterType: 'Exclude', regexp: '.*"action":"Rej".*' },
  { filterType: 'Include', regexp: '.*"type":"receipt".*' },
  { filterType: 'Mask', regexp: '"pw":"?([^",}]*)', mask: 'X' },
  { filterType: 'Mask', regexp: '"raw":(.*)', mask: 'X' },
  { filterType: 'Hash', regexp: '"user":"([^"]*)"' },
]);

function ruled(text: string, rules = RULES, isPiece = false) {
  return ruledRecord(rules, text, decodeText(text), isPiece);
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

  test('that is cut after growing is kept as masked text', () => {
    const growing = rulesFrom([{ filterType: 'Mask', regexp: '(a)', mask: 'x'.repeat(99) }]);
    expect(ruled('{"a":1}', growing)).toMatchObject({ record: {}, maskedText: `{"${'x'.repeat(33)}` });
  });
});

describe('what is no record', () => {
  test('goes to quarantine masked, whatever Includes and Excludes say, and its reason quotes nothing that is hidden', () => {
    const unreadable = ruled('{"action":"Rej","pw":"geheim","x":geheim2}');
    expect(unreadable).toMatchObject({ outcome: 'unreadable', text: '{"action":"Rej","pw":"X","x":geheim2}' });
    const broken = ruled('"pw":"geheim" geheim');
    expect(JSON.stringify(broken)).not.toContain('"geheim"');
    expect(broken).toMatchObject({ outcome: 'unreadable', reason: expect.stringMatching(/^not JSON: /) });
  });

  test('a reason about hidden text is gone', () => {
    const text = 'pw=geheim';
    expect(ruled(text, NO_RULES)).toMatchObject({ reason: expect.stringContaining('geheim'), text });
    const rules = rulesFrom([{ filterType: 'Mask', regexp: 'pw=(\\w+)' }]);
    const masked = ruled(text, rules);
    expect(masked).toMatchObject({ outcome: 'unreadable', text: 'pw=#' });
    expect(JSON.stringify(masked)).not.toContain('geheim');
  });

  test('even where a mask makes JSON of it', () => {
    const rules = rulesFrom([{ filterType: 'Mask', regexp: '(.*)', mask: '{}' }]);
    expect(ruled('geheim', rules)).toEqual({ outcome: 'unreadable', reason: 'not JSON as received', text: '{}' });
  });

  test('the beginning of a record shows nothing of itself once anything is to be hidden', () => {
    const piece = '{"type":"receipt","pass":"gehe';
    expect(ruled(piece, RULES, true)).toEqual({ outcome: 'unreadable', reason: 'not JSON as received', text: '#' });
    const tooLong = { ok: false, reason: 'a line of 99 bytes is longer than a document can be' } as const;
    expect(ruledRecord(RULES, piece, tooLong, true)).toEqual({
      outcome: 'unreadable',
      reason: tooLong.reason,
      text: '#',
    });
    expect(ruledRecord(NO_RULES, piece, tooLong, true)).toMatchObject({ text: piece });
  });

  test('a last line without an end that is whole is a record', () => {
    expect(ruled('{"type":"receipt"}', RULES, true)).toMatchObject({ outcome: 'kept', record: { type: 'receipt' } });
  });
});
