import { describe, expect, test } from 'vitest';
import {
  type DataCollection,
  definitionOf,
  isSiemStream,
  type SiemStream,
  STREAMS,
  type StreamName,
  streamsOf,
} from '../../../src/domain/streams/streams.js';

/** Stream, collection and event id as operators and other programs know them. */
const CONTRACT: readonly (readonly [StreamName, string, string])[] = [
  ['receipt', 'mimecast_receipt_logs_v2', 'receipt'],
  ['process', 'mimecast_process_logs_v2', 'process'],
  ['delivery', 'mimecast_delivery_logs_v2', 'delivery'],
  ['journal', 'mimecast_journal_logs_v2', 'jrnl'],
  ['av', 'mimecast_av_logs_v2', 'av'],
  ['spam', 'mimecast_spam_logs_v2', 'spam'],
  ['internal email protect', 'mimecast_internal_email_protect_logs_v2', 'ttp'],
  ['impersonation protect', 'mimecast_impersonation_protect_logs_v2', 'ttp'],
  ['url protect', 'mimecast_url_protect_logs_v2', 'ttp'],
  ['attachment protect', 'mimecast_attachment_protect_logs_v2', 'ttp'],
  ['audit', 'mimecast_audit_events', 'audit'],
  ['dlp', 'mimecast_dlp_logs', 'dlp'],
  ['hold', 'mimecast_held_messages', 'hold'],
  ['ttp url', 'mimecast_ttp_url_logs', 'ttp url'],
];
const ALL = CONTRACT.map(([stream]) => stream);
const SIEM = ALL.slice(0, 10);

test('there are fourteen streams, in this order', () => {
  expect(STREAMS).toEqual(ALL);
});

test.each(CONTRACT)('%s is stored in %s and has the event id %s', (stream, collection, eventId) => {
  expect(definitionOf(stream).collection).toBe(collection);
  expect(definitionOf(stream).siemEventId).toBe(eventId);
});

test.each(ALL)('%s is a SIEM stream, or not', (stream) => {
  expect(isSiemStream(stream)).toBe(SIEM.includes(stream));
});

describe('the streams of a configuration', () => {
  test.each<[string, DataCollection[], SiemStream[] | undefined, StreamName[]]>([
    ['nothing', [], undefined, []],
    ['all of SIEM', ['siem'], undefined, SIEM],
    ['some of SIEM, in the order of display', ['siem'], ['av', 'receipt'], ['receipt', 'av']],
    ['no SIEM type', ['siem'], [], []],
    ['a SIEM type named twice', ['siem'], ['av', 'av'], ['av']],
    ['types without SIEM count for nothing', ['dlp'], ['av'], ['dlp']],
    ['the other three', ['holdMessageList', 'dlp', 'auditEvent'], undefined, ['audit', 'dlp', 'hold']],
    ['the clicks on links', ['ttpUrl'], undefined, ['ttp url']],
    ['what Sumo Logic collects', ['siem', 'auditEvent', 'dlp', 'holdMessageList'], undefined, ALL.slice(0, 13)],
    ['one named twice', ['dlp', 'dlp'], undefined, ['dlp']],
    ['everything, in any order', ['ttpUrl', 'holdMessageList', 'siem', 'auditEvent', 'dlp'], undefined, ALL],
  ])('%s', (_, dataCollection, siemTypes, expected) => {
    expect(streamsOf(dataCollection, siemTypes)).toEqual(expected);
  });
});
