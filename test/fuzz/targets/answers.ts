/** Readers of what the API and the file hosts answer: pages, errors, tokens, headers, gzip. */

import { isUtf8 } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RawError } from '../../../src/domain/failures/failure.js';
import { isObject, parseJson } from '../../../src/domain/json.js';
import { isSiemStream, type RecordStream, STREAMS } from '../../../src/domain/streams/streams.js';
import { allowedUrl } from '../../../src/http-client/allowed-url.js';
import { textOf as bodyText } from '../../../src/http-client/body.js';
import { concealing } from '../../../src/http-client/conceal.js';
import { Damage, damageOf } from '../../../src/http-client/file-damage.js';
import { gunzipIfGzip } from '../../../src/http-client/gunzip.js';
import { isPrivateHost } from '../../../src/http-client/private-host.js';
import { retryAfterMs } from '../../../src/http-client/retry-after.js';
import { rejectedEntry } from '../../../src/ingest/files/rejected-entry.js';
import { readRows } from '../../../src/ingest/windows/read-rows.js';
import { ApiClock } from '../../../src/mimecast/api-clock.js';
import { explainErrorBody } from '../../../src/mimecast/error-body.js';
import { explainForeignContent } from '../../../src/mimecast/foreign-content.js';
import { IncompleteAnswerError } from '../../../src/mimecast/incomplete.js';
import { readRecordPage } from '../../../src/mimecast/paged-records.js';
import { readBatchPage } from '../../../src/mimecast/siem.js';
import { RowNumbers } from '../../../src/records/row-numbers.js';
import { NO_RULES } from '../../../src/rules/compile.js';
import { chunksOf, type FuzzTarget, holds, refusing, same, textOf } from '../target.js';

const MIB = 1_048_576;
const LIMITS = { maxBytes: MIB, maxRatio: 250, ratioFromBytes: MIB / 4 };
const member = (text: string) => gzipSync(text, { level: 9 });

async function read(chunks: AsyncGenerator<Uint8Array, boolean, undefined>) {
  const parts: Uint8Array[] = [];
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done === true) return { content: Buffer.concat(parts), isProven: next.value };
      parts.push(next.value);
    }
  } catch (error) {
    holds(damageOf(error) !== undefined, `an error that is no damage: ${String(error)}`);
    return { content: Buffer.concat(parts), isProven: false, error };
  }
}

function unzipped(input: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(input, { maxOutputLength: 2 * LIMITS.maxBytes });
  } catch {
    return undefined;
  }
}

const gunzip: FuzzTarget = {
  name: 'gunzip',
  seeds: [
    member('{"a":1}\n'.repeat(500)),
    Buffer.concat([member('one\n'), member('two\n')]),
    Buffer.concat([member('padded\n'), Buffer.alloc(600)]),
    member('\0'.repeat(MIB / 2)),
    Buffer.concat([member('ends\n'), Buffer.alloc(5), member('again\n')]),
    '{"a":1}\n',
    member(''),
  ],
  run: async (input) => {
    const { content, isProven, error } = await read(gunzipIfGzip(chunksOf(input), { limits: LIMITS }));
    const isGzip = input[0] === 0x1f && input[1] === 0x8b;
    if (!isGzip) {
      if (error === undefined) same(content, Buffer.from(input), 'plain content is changed');
      return;
    }
    const wanted = unzipped(input);
    if (isProven) same(content, wanted, 'a proven file has other content');
    if (wanted !== undefined && !isProven) holds(error instanceof Damage, 'a file that is whole is not read');
    if (!isProven && content.length > 0) holds(content.length <= LIMITS.maxBytes, 'more than the limit was passed on');
    await read(gunzipIfGzip(chunksOf(input), { limits: LIMITS, salvage: true }));
  },
};

const SECRET = 'hush/hush+hush:42';

const errorBody: FuzzTarget = {
  name: 'error-body',
  seeds: [
    '{"fail":[{"errors":[{"code":"err_x","message":"no","retryable":false}]}]}',
    '{"fail":[{"code":"InvalidClientIdentifier","message":"no"}]}',
    '{"error":{"code":"x","message":"y"}}',
    '{"error":"invalid_client","error_description":"no"}',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>',
    '<!doctype html><html><title>Blocked</title><h1>No</h1></html>',
    `{"message":"${SECRET}"}`,
    `client_secret=${encodeURIComponent(SECRET)}`,
  ],
  words: [
    SECRET,
    encodeURIComponent(SECRET),
    Buffer.from(`id:${SECRET}`).toString('base64'),
    '<html>',
    '<title',
    '<h1',
    '<html',
    '<Code>',
    '<Message>',
    '&#104;',
    '%68',
    '\\u0068',
    '\\"',
  ],
  run: (input) => {
    const text = textOf(input);
    const conceal = concealing([SECRET], 'id');
    const { code = '', message } = explainErrorBody(text, conceal);
    holds(message !== '' && message.length <= 302 && code.length <= 302, 'a message is empty or too long');
    holds(!/[\r\n]/.test(message + code), 'a message has several lines');
    holds(!(message + code).includes(SECRET), 'a message repeats a secret');
    explainForeignContent(text);
  },
};

const BATCH = {
  '@nextPage': 'token',
  isCaughtUp: false,
  value: [
    { url: 'https://files.example.com/a/1.json.gz?X-Amz-Signature=5e3c', size: 5, expiry: '2026-05-01T00:00:00Z' },
    { size: 1 },
  ],
};

function answerOf(input: Uint8Array) {
  const text = bodyText(input);
  const body = parseJson(text);
  return isObject(body)
    ? { endpoint: 'list', body, text, ...(isUtf8(input) ? {} : { bytes: Buffer.from(input) }) }
    : undefined;
}

const batchPage: FuzzTarget = {
  name: 'batch-page',
  seeds: [
    JSON.stringify(BATCH),
    JSON.stringify({ ...BATCH, value: [] }),
    '{"value":[{"url":5},null,[],"x"],"isCaughtUp":"true"}',
  ],
  words: ['"value":[', '{"url":"', '?X-Amz-Signature=5e3c', '"@nextPage":', '"hasMore":true', '"expiry":"x"'],
  run: (input) => {
    const answer = answerOf(input);
    const page = answer && refusing([RawError, IncompleteAnswerError], () => readBatchPage(answer));
    if (page === undefined) return;
    holds(new Set(page.files.map(({ name }) => name)).size === page.files.length, 'a file is named twice');
    holds(
      page.files.every(({ name }) => !name.includes('?')),
      'the name of a file has its signature',
    );
    const { value } = answer?.body ?? {};
    holds(!Array.isArray(value) || page.files.length + page.rejected.length <= value.length, 'there are more entries');
    for (const rejected of page.rejected) rejectedEntry(1, 'receipt', rejected);
    for (const { url } of page.files) {
      const target = refusing([RawError], () =>
        allowedUrl(url, { allowInsecure: false, origin: 'file', endpoint: 'x' }),
      );
      if (target !== undefined)
        holds(target.protocol === 'https:' && !isPrivateHost(target.hostname), 'a URL is let through');
    }
  },
};

const RECORD_STREAMS = STREAMS.filter((name): name is RecordStream => !isSiemStream(name));
const METADATA = { sourceId: 1, source: 'mail', collector: 'main', fields: {}, siemForward: false };

const recordPage: FuzzTarget = {
  name: 'record-page',
  seeds: [
    '{"meta":{"status":200,"pagination":{"pageSize":2,"totalCount":3,"next":"n"}},"data":[{"id":"x","auditType":"Logon","user":"a","eventTime":"2026-05-01T00:00:00+0000","category":"c","eventInfo":"i"}]}',
    '{"meta":{"status":200},"data":[{"dlpLogs":[{"senderAddress":"a@b.c","recipientAddress":"d","subject":"s","eventTime":"2026-05-01T00:00:00+0000","route":"r","policy":"p","action":"hold","messageId":"m"}]}]}',
    '{"meta":{},"data":[{"clickLogs":[{"url":"http://a","date":"2026-05-01T00:00:00+0000","userEmailAddress":"u"}]}]}',
    '{"data":[{"id":"y","dateReceived":"2026-05-01T00:00:00+0000","from":{"emailAddress":"a"},"to":{},"subject":"s"}],"fail":[]}',
  ],
  words: [
    '"data":[',
    '{"data":[',
    '"data":[{"user":"a","id":',
    '"dlpLogs":[',
    '"clickLogs":[',
    '"next":',
    '"totalCount":',
    '[',
    '{"a":',
    '9007199254740993',
  ],
  run: (input) => {
    const answer = answerOf(input);
    if (answer === undefined) return;
    for (const stream of RECORD_STREAMS) {
      const page = refusing([RawError], () => readRecordPage(stream, answer));
      if (page === undefined) continue;
      for (const { text, value } of page.rows.slice(0, 50)) {
        holds(compact(JSON.parse(text)) === compact(value), 'the text of a row is not the row');
      }
      const source = { settings: { sourceId: 1 }, metadata: METADATA, rules: NO_RULES, matches: undefined };
      const origin = { place: 'page', numbers: new RowNumbers(), countRulesAfter: undefined };
      const { listed, records, unreadable } = readRows(source, stream, page.rows, origin);
      holds(listed.length === page.rows.length, 'a row has no identity');
      holds(records.length + unreadable.length === page.rows.length, 'a row is lost');
    }
  },
};

/** Of what is nested deeper, the texts are compared elsewhere. */
function compact(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

const headers: FuzzTarget = {
  name: 'headers',
  seeds: ['120', '0.5', 'Wed, 21 Oct 2026 07:28:00 GMT', '1777629600', '1777629600123', '-5', '5e3'],
  words: [
    '9'.repeat(30),
    '9'.repeat(309),
    'GMT',
    'Thu, 01 Jan 1970',
    'Fri, 31 Dec 275760 23:59:59 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
  ],
  run: (input) => {
    const value = Buffer.from(input)
      .toString('latin1')
      .replace(/[\0\r\n]/g, '')
      .slice(0, 8_000);
    const now = Date.parse('2026-06-01T00:00:00Z');
    for (const name of ['retry-after', 'x-ratelimit-reset']) {
      const ms = retryAfterMs(new Headers({ [name]: value }), now);
      if (ms === undefined) continue;
      holds(Number.isSafeInteger(ms) && ms >= 0, `a wait of ${ms} ms`);
      new Date(now + ms).toISOString();
    }
    const clock = new ApiClock();
    clock.setFrom(value);
    const at = clock.now();
    holds(at > Date.UTC(2020, 0, 1) && at < Date.UTC(3000, 0, 1), `the clock of the API says ${at}`);
  },
};

export const ANSWER_TARGETS = [gunzip, errorBody, batchPage, recordPage, headers];
