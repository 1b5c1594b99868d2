import { Binary } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { vendorRecordOf } from '../../src/records/document.js';
import { recordOfLine } from '../../src/records/line-record.js';
import type { Line } from '../../src/records/lines.js';
import { Occurrences } from '../../src/records/occurrences.js';
import { NO_RULES, type Rules } from '../../src/rules/compile.js';
import { rulesFrom } from '../rules/rules-from.js';

const METADATA = { sourceId: 1, source: 's', collector: 'c', fields: {}, siemForward: false };
const HEAD = '"timestamp":1757930000000,"type":"av","aggregateId":"a"';

function made(content: string | Uint8Array, rules: Rules = NO_RULES, isOpen = false) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const origin = { stream: 'av', metadata: METADATA, rules, receiptTime: new Date(), path: '/1' } as const;
  const line: Line = isOpen ? { bytes, number: 1, isOpen } : { bytes, number: 1 };
  return recordOfLine(line, { ...origin, occurrences: new Occurrences() });
}

function documentOf(...given: Parameters<typeof made>): Readonly<Record<string, unknown>> {
  const record = made(...given);
  if (record.kind !== 'document') throw new Error(record.kind);
  return record.document;
}

const lineOf = (...parts: readonly (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));

test('a record that a document holds has nothing beside it', () => {
  expect(documentOf(String.raw`{${HEAD},"a":"\ud83d\ude00\ufffd"}`)).not.toHaveProperty('_received');
});

describe('what a document cannot hold is kept beside it', () => {
  const HALF = String.raw`{${HEAD},"s":"x\ud800"}`;
  const TWICE = `{${HEAD},"s":1,"s":2}`;
  test.each<[string, string, string]>([
    ['half a character', HALF, 'loneSurrogate'],
    ['a key that occurs twice', TWICE, 'repeatedKey'],
  ])('%s, as text', (_, text, change) => {
    const document = documentOf(text);
    expect(document._received).toEqual({ changes: [change], text });
    expect(Object.keys(vendorRecordOf(document))).toEqual(['timestamp', 'type', 'aggregateId', 's']);
  });

  test.each([false, true])('bytes that are not UTF-8, as bytes; in a line without an end: %s', (isOpen) => {
    const line = lineOf(`{${HEAD},"s":"J`, 0xf6, 'rg"}');
    const document = documentOf(line, NO_RULES, isOpen);
    expect(document.s).toBe('J\ufffdrg');
    expect(document._received).toEqual({ changes: ['notUtf8'], bytes: new Binary(line) });
  });

  test('all of it at once', () => {
    const line = lineOf(String.raw`{${HEAD},"s":"\ud800","s":"J`, 0xf6, 'rg"}');
    expect(documentOf(line)._received).toEqual({ changes: ['repeatedKey', 'notUtf8'], bytes: new Binary(line) });
  });

  test('but not beyond a size at which a document could become too large: then it is only reported', () => {
    const long = 'x'.repeat(1_048_576);
    expect(documentOf(`{${HEAD},"s":1,"s":"${long}"}`)._received).toEqual({ changes: ['repeatedKey'] });
    expect(documentOf(lineOf(`{${HEAD},"s":"${long}`, 0xff, '"}'))._received).toEqual({ changes: ['notUtf8'] });
  });

  test('a key _received of the record itself is kept as others of that kind', () => {
    const document = documentOf(`{${HEAD},"_received":1,"_received":2}`);
    expect(document._vendor).toEqual({ _received: 2 });
    expect(document._received).toMatchObject({ changes: ['repeatedKey'] });
  });
});

describe('nothing that a rule hides remains', () => {
  const MASK = rulesFrom([{ filterType: 'Mask', regexp: '"user":"([^"]*)"', mask: 'X' }]);
  const HASH = rulesFrom([{ filterType: 'Hash', regexp: '"user":"([^"]*)"' }]);
  test.each<[string, Uint8Array | string]>([
    ['beside half a character', String.raw`{${HEAD},"user":"geheim","s":"\ud800"}`],
    ['in a key that occurs twice', `{${HEAD},"user":"geheim","user":"geheimer"}`],
    ['beside bad bytes', lineOf(`{${HEAD},"user":"geheim","s":"`, 0xff, '"}')],
    ['with bad bytes in it', lineOf(`{${HEAD},"user":"geh`, 0xff, 'eim"}')],
    ['escaped', String.raw`{${HEAD},"user":"\u0067eheim","s":"\ud800"}`],
    ['in a line that is no JSON', lineOf(`{${HEAD},"user":"geheim`, 0xff)],
    ['in a list', lineOf(`[{"user":"geheim`, 0xff, '"}]')],
  ])('%s', (_, line) => {
    for (const rules of [MASK, HASH]) {
      const record = made(line, rules);
      const shown = JSON.stringify(record);
      expect(shown).not.toMatch(/geh|heim/);
      expect(shown).not.toContain(Buffer.from('geheim').toString('base64').slice(0, 6));
      expect(shown).not.toContain('bytes"');
    }
  });

  test('the text that is kept is the masked one', () => {
    const document = documentOf(String.raw`{${HEAD},"user":"geheim","s":"\ud800"}`, MASK);
    expect(document._received).toEqual({
      changes: ['loneSurrogate'],
      text: String.raw`{${HEAD},"user":"X","s":"\ud800"}`,
    });
  });

  test('of a key that occurs twice, no text is kept once a rule has hidden something: it may have seen one of the two', () => {
    const greedy = rulesFrom([{ filterType: 'Mask', regexp: '.*"user":"([^"]*)"', mask: 'X' }]);
    const document = documentOf(`{${HEAD},"user":"geheim","user":"anders"}`, greedy);
    expect(document).toMatchObject({ user: 'X' });
    expect(document._received).toEqual({ changes: ['repeatedKey'] });
  });

  test('the text is not kept where a value that the document does not show is one that was hidden', () => {
    const rules = rulesFrom([{ filterType: 'Mask', regexp: '"t":1,"user":"([^"]*)"', mask: 'X' }]);
    const line = String.raw`{${HEAD},"user":"\u0067eheim","t":1,"user":"geheim"}`;
    expect(documentOf(line, rules)).toMatchObject({ user: 'X', _received: { changes: ['repeatedKey'] } });
    expect(JSON.stringify(documentOf(line, rules))).not.toContain('eheim');
  });

  test('what a rule has hidden of it need not be kept', () => {
    const rules = rulesFrom([{ filterType: 'Mask', regexp: '"user":"([^"]*)"' }]);
    expect(documentOf(String.raw`{${HEAD},"user":"\ud800"}`, rules)).not.toHaveProperty('_received');
  });
});

test('what is not UTF-8 is named in quarantine, with its bytes where nothing is to be hidden', () => {
  const line = lineOf(`{${HEAD},"s":"`, 0xff);
  expect(made(line)).toMatchObject({
    kind: 'unreadable',
    unreadable: { reason: expect.stringMatching(/^not JSON: .*; it has bytes that are not UTF-8$/), bytes: line },
  });
});
