import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/records/decode.js';
import { identityOf } from '../../src/records/identity.js';
import { recordOfText } from '../../src/records/record-of-text.js';
import { rulesFrom } from '../rules/rules-from.js';

const SENT = Date.parse('2025-09-15T10:11:12Z');
const RECEIPT = new Date('2025-09-15T12:00:00Z');
const METADATA = { sourceId: 1, source: 's', collector: 'c', fields: {}, siemForward: false };
const TEXT = `{"timestamp":${SENT},"eventTime":"2025-09-15T10:11:13Z","subject":"a"}`;

function made(filters: readonly object[], text = TEXT) {
  const maker = { stream: 'receipt', metadata: METADATA, rules: rulesFrom(filters), receiptTime: RECEIPT } as const;
  const id = identityOf(1, 'receipt', 'x', 1);
  return recordOfText(maker, { id, text, decoded: decodeText(text), place: 'p', size: text.length });
}

const mask = (regexp: string, text = '0') => ({ filterType: 'Mask', regexp, mask: text });

describe('beside the document stands the time of the record as received', () => {
  test.each<[string, object[]]>([
    ['no rules', []],
    ['a masked time', [mask('"timestamp":(\\d+)')]],
    ['a hashed time', [{ filterType: 'Hash', regexp: '"timestamp":(\\d+)' }]],
    ['a mask that breaks the JSON', [mask('("subject":")')]],
    ['an Exclude', [{ filterType: 'Exclude', regexp: '.*' }]],
  ])('%s', (_, filters) => {
    expect(made(filters)).toMatchObject({ time: new Date(SENT) });
  });

  test.each<[string, string]>([
    ['none', '{"a":1}'],
    ['one that cannot be meant', '{"timestamp":12}'],
  ])('%s', (_, text) => {
    expect(made([], text)).toMatchObject({ kind: 'document', time: undefined, document: { _messageTime: RECEIPT } });
  });
});

describe('the message time of a document tells no more than the document does', () => {
  test.each<[string, object[], Date]>([
    ['no rule', [], new Date(SENT)],
    ['a rule elsewhere', [mask('"subject":"(a)"')], new Date(SENT)],
    ['a masked time, and another key that has one', [mask('"timestamp":(\\d+)')], RECEIPT],
    ['a mask that looks like a time', [mask('"timestamp":(\\d+)', '1600000000000')], RECEIPT],
    ['a mask that breaks the JSON elsewhere', [mask('("subject":")')], new Date(SENT)],
    ['a mask that breaks the JSON at the time', [mask('"timestamp":(\\d+)', 'x')], RECEIPT],
    ['a mask of everything', [mask('(.*)', 'x')], RECEIPT],
  ])('%s', (_, filters, messageTime) => {
    expect(made(filters)).toMatchObject({ kind: 'document', document: { _messageTime: messageTime } });
  });
});
