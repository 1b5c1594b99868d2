/** Processing rules and documents go by the text of a row as Mimecast wrote it. */

import { createHash } from 'node:crypto';
import { Decimal128, Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { vendorRecordOf } from '../../../src/records/document.js';
import { MASKED_TEXT_KEY } from '../../../src/records/ruled-record.js';
import { rulesFrom } from '../../rules/rules-from.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { serve } from '../../support/local-server.js';
import { raw } from '../../support/raw-collections.js';
import { simulatedSource } from '../../support/simulated-source.js';
import { windowOf } from './raw-window.js';

const collections = collectorDatabase();
const DIGITS = '12345678901234567890';
const BODIES: readonly [RecordStream, (rows: string) => string][] = [
  ['audit', (rows) => `{"meta":{"status":200},"data":[${rows}],"fail":[]}`],
  ['hold', (rows) => `{"meta":{"status":200},"data":[${rows}],"fail":[]}`],
  ['dlp', (rows) => `{"meta":{"status":200},"data":[{"dlpLogs":[${rows}]}],"fail":[]}`],
];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe.each(BODIES)('%s', (stream, bodyOf) => {
  const recordsOf = async (rows: string, filters: readonly object[] = []) => {
    const { records } = await windowOf(stream, bodyOf(rows), rulesFrom(filters, 'SHA-256'));
    return records.map(({ document }) => document);
  };

  test('no digit of a number is lost', async () => {
    const [document] = await recordsOf(
      `{"id":"a","route":"r","n": ${DIGITS},"l":[9007199254740993 ,{"d":0.12345678901234567890}],"e":1e400}`,
    );
    expect(vendorRecordOf(document ?? {})).toEqual({
      id: 'a',
      route: 'r',
      n: Decimal128.fromString(DIGITS),
      l: [Long.fromString('9007199254740993'), { d: Decimal128.fromString('0.12345678901234567890') }],
      e: Decimal128.fromString('1e400'),
    });
  });

  test('of a key that comes twice the last counts', async () => {
    const [document] = await recordsOf('{"subject":1,"b":{"c":2,"c":3},"subject":4,"user":0}');
    expect(vendorRecordOf(document ?? {})).toEqual({ subject: 4, b: { c: 3 }, user: 0 });
  });

  test.each<[string, string, string]>([
    ['white space', '"user" : "([^"]*)"', '#'],
    ['a slash', String.raw`(\\/)`, 'd#x'],
    ['another escape', String.raw`(\\u0064)`, '#/x'],
  ])('a rule sees %s', async (_, regexp, user) => {
    const filters = [{ filterType: 'Mask', regexp, mask: '#' }];
    const [document] = await recordsOf(String.raw`{ "user" : "\u0064\/x", "route" : "r" }`, filters);
    expect(document?.user).toBe(user);
  });

  test('an Exclude goes by the digits', async () => {
    const filters = [{ filterType: 'Exclude', regexp: `.*:${DIGITS}.*` }];
    const kept = await recordsOf(
      [DIGITS, '12345678901234567891', '12345678901234567000'].map((n) => `{"id":"${n}","route":"","n":${n}}`).join(),
      filters,
    );
    expect(kept.map(({ n }) => String(n))).toEqual(['12345678901234567891', '12345678901234567000']);
  });

  test('what breaks under a mask is kept as it was written', async () => {
    const [document] = await recordsOf(String.raw`{ "a" : "\/", "n":1.50, "user":"","route":"" }`, [
      { filterType: 'Mask', regexp: '("n":)', mask: '#' },
    ]);
    expect(document?.[MASKED_TEXT_KEY]).toBe(String.raw`{ "a" : "\/", #1.50, "user":"","route":"" }`);
  });

  test('what is no record is kept as it was written', async () => {
    const { unreadable } = await windowOf(
      stream,
      bodyOf(String.raw`[ 1.0 ], "\u0078é" ,{"\u0000" : 1},{ "odd":1.0 },{"user":"","route":""}`),
    );
    expect(unreadable.map(({ text, size, reason }) => [text, size, reason])).toEqual([
      ['[ 1.0 ]', 7, 'not a JSON object but a list'],
      [String.raw`"\u0078é"`, 10, 'not a JSON object but string'],
      [String.raw`{"\u0000" : 1}`, 14, expect.stringContaining('null character')],
      ['{ "odd":1.0 }', 13, `not a record of ${stream}: it has no field of ${stream} records`],
    ]);
  });

  test('nested deeper than any stack', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { unreadable, listed, records } = await windowOf(stream, bodyOf(`{"user":1,"route":1},${deep},${deep}`));
    expect(unreadable.map(({ text, reason }) => [text === deep, reason])).toEqual(
      Array(2).fill([true, 'nested deeper than 99 levels']),
    );
    expect(new Set(listed.map(String)).size).toBe(3);
    expect(records).toHaveLength(1);
  });
});

test('collected and stored: the hash of a number is that of its digits, and what no rule touches is exact', async () => {
  const time = new Date(Date.now() - 60_000).toISOString();
  const rows = `{ "id" : "a", "eventTime" : "${time}", "ticket" : ${DIGITS} },
    { "id" : "b", "eventTime" : "${time}", "size" : ${DIGITS}, "user" : "x" }`;
  const { url } = await serve(({ path }, response) => {
    response.end(path === '/oauth/token' ? '{"access_token":"token","expires_in":1800}' : `{"data":[${rows}]}`);
  });
  const filters = [{ filterType: 'Hash', name: 'numbers', regexp: '"(?:ticket|user)" : "?(\\w+)' }];
  const config = { baseUrl: url, backfill: '1h', filters, hashAlgorithm: 'SHA-256' };
  const source = await simulatedSource(collections, { config });
  const { ruled } = await source.collect('audit');
  expect(ruled).toMatchObject({ hashed: 2, broken: 1 });
  const stored = await raw(collections)
    .records('audit')
    .find({ _sourceId: source.id }, { promoteValues: false })
    .toArray();
  const [a, b] = stored.toSorted((one, other) => Number('size' in one) - Number('size' in other));
  expect(a?.[MASKED_TEXT_KEY]).toBe(`{ "id" : "a", "eventTime" : "${time}", "ticket" : ${sha256(DIGITS)} }`);
  expect(String(b?.size)).toBe(DIGITS);
  expect(b).toMatchObject({ id: 'b', user: sha256('x') });
});
