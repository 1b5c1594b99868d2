/** Readers of what arrives without being asked for: requests to the API, notifications, objects of a bucket; and rows of CSV. */

import { connect } from 'node:net';
import fastify from 'fastify';
import { tidiedUrl, verbatimName } from '../../../src/api/common/addresses.js';
import { handleErrors } from '../../../src/api/common/api-errors.js';
import { credentialOf } from '../../../src/api/common/authentication.js';
import { readJsonBodies } from '../../../src/api/common/json-body.js';
import { answerClientError } from '../../../src/api/common/no-http.js';
import { csvRow, csvWriter } from '../../../src/api/search/csv-rows.js';
import { isObject, parseJson } from '../../../src/domain/json.js';
import { Damage } from '../../../src/http-client/file-damage.js';
import { refusingOtherFormats } from '../../../src/ingest/objects/other-formats.js';
import { parseNotification } from '../../../src/s3/notification.js';
import { chunksOf, type FuzzTarget, holds, same, textOf } from '../target.js';

const S3 =
  '{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"logs"},"object":{"key":"a+b%2Fc","eTag":"e","versionId":"v"}}}]}';

const notification: FuzzTarget = {
  name: 's3-notification',
  seeds: [
    S3,
    JSON.stringify({ Type: 'Notification', Message: S3 }),
    JSON.stringify({ Type: 'Notification', Message: JSON.stringify({ Type: 'Notification', Message: S3 }) }),
    '{"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"logs"},"object":{"key":"a b","etag":"\\"e\\""}}}',
    '{"Event":"s3:TestEvent"}',
  ],
  words: [
    '"Records":[',
    '"s3":',
    '"object":',
    '"key":"%',
    '%E0%A4',
    'ObjectRemoved:',
    '"name":"other"',
    '"Message":"',
    '{\\"Type\\":\\"Notification\\"',
  ],
  run: (input) => {
    const told = parseNotification(textOf(input), 'logs');
    if (told.kind === 'strange') return holds(told.reason !== '', 'no reason is told');
    holds(
      told.objects.every(({ key }) => typeof key === 'string' && key !== ''),
      'an object has no key',
    );
  },
};

const OTHERS = ['PAR1', 'Obj\x01', 'ORC', 'PK\x03\x04', 'BZh'];

const formats: FuzzTarget = {
  name: 'object-formats',
  seeds: [
    'PAR1xxxxPAR1',
    'Obj\x01',
    'ORC',
    'PK\x03\x04',
    'BZh9',
    '{"a":1}',
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd),
    '',
    'P',
  ],
  run: async (input) => {
    const parts: Uint8Array[] = [];
    try {
      for await (const chunk of refusingOtherFormats(chunksOf(input))) parts.push(chunk);
    } catch (error) {
      return holds(error instanceof Damage, `another error: ${String(error)}`);
    }
    same(Buffer.concat(parts), Buffer.from(input), 'content is changed');
    const head = Buffer.from(input).toString('latin1');
    holds(!OTHERS.some((magic) => head.startsWith(magic)), 'another format is let through');
  },
};

/** An API with a route that repeats what it was sent, as the real one is set up. */
async function echoing(): Promise<number> {
  const app = fastify({
    bodyLimit: 65_536,
    clientErrorHandler: answerClientError,
    rewriteUrl: ({ url = '' }) => tidiedUrl(url),
  });
  readJsonBodies(app);
  handleErrors(app);
  app.all('/echo', async (request) => ({ body: request.body ?? null, query: request.query }));
  app.get('/api/v1/collectors/name/:name', async (request) => ({
    params: request.params,
    name: verbatimName(request.raw.url ?? ''),
  }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  app.server.unref();
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

let server: Promise<number> | undefined;

/** Sends bytes as they are, and ends. */
function answerTo(port: number, input: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(input));
    socket.on('data', (part) => parts.push(part));
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve('') : reject(error),
    );
  });
}

const requestOf = (head: string, body = '') =>
  `${head}\r\nHost: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const http: FuzzTarget = {
  name: 'http-request',
  seeds: [
    requestOf('POST /echo?a=1&b=%20 HTTP/1.1\r\nContent-Type: application/json', '{"a":[1,{"b":null}]}'),
    requestOf('POST /echo/ HTTP/1.1\r\nContent-Type: text/plain', 'x'),
    requestOf('GET /api/v1/collectors/name/a%20b%ZZ HTTP/1.1\r\nAuthorization: Basic aWQ6a2V5'),
    requestOf('PUT /echo HTTP/1.1\r\nContent-Type: application/json; charset=utf-16', '{"__proto__":{"x":1}}'),
    'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{} \r\n0\r\n\r\n',
  ],
  words: [
    '\r\n',
    'HTTP/1.1',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Type: application/json\r\n',
    'Expect: 100-continue\r\n',
    'Authorization: Basic \r\n',
    '/echo',
    '%',
    '/../',
    '{"__proto__":',
    '{"constructor":{"prototype":',
    '[',
    'X: y\r\n',
    'Upgrade: h2c\r\n',
    'Content-Encoding: gzip\r\n',
  ],
  run: async (input) => {
    server ??= echoing();
    const answer = await answerTo(await server, input);
    const statuses = answer.match(/^HTTP\/1\.1 \d{3}/gm) ?? [];
    holds(
      statuses.every((status) => !status.endsWith(' 500')),
      `it answers ${answer.slice(0, 300)}`,
    );
    holds(!/\n\s+at .*:\d+:\d+/.test(answer), 'an answer has a stack trace');
    const text = Buffer.from(input).toString('latin1');
    const credential = credentialOf(/authorization: ([^\r\n]*)/i.exec(text)?.[1] ?? text.slice(0, 10_000));
    holds(
      credential === undefined || (credential.accessId !== '' && credential.accessId.length <= 64),
      'an access ID has no sound length',
    );
    tidiedUrl(text.slice(0, 20_000));
  },
};

const addresses: FuzzTarget = {
  name: 'addresses',
  seeds: [
    '/api/v1/collectors/name/a%20b',
    '/api/v1/collectors/name/100%/',
    '/api/v1/sources//?a=/',
    '/a///',
    '/collectors/name/%E0%A4?x',
  ],
  words: ['/', '%', '%20', '%2F', '?', '/collectors/name/', '%C3', '//'],
  run: (input) => {
    const url = textOf(input);
    const tidied = tidiedUrl(url);
    same(tidiedUrl(tidied), tidied, 'a tidied address is tidied again into another');
    verbatimName(url);
    const [, name] = /\/collectors\/name\/([^?]*)/.exec(tidied.split('?')[0] ?? '') ?? [];
    if (name !== undefined) decodeURIComponent(name);
  },
};

const FOUND = { collection: 'mta', stream: 'receipt', id: '00', time: new Date(0) } as const;

const csv: FuzzTarget = {
  name: 'csv',
  seeds: [
    '{"subject":"=1+1","a":{"b":[1]},"c":null}',
    '{"subject":"\\t=cmd|x","a":"a;b,\\"c\\"\\r\\n-d"}',
    '{"subject":"＝1","a":"\\u0000@x"}',
  ],
  words: [
    '=',
    '+',
    '-',
    '@',
    '\\t',
    '\\r',
    '\\n',
    '\\"',
    ';',
    ',',
    '"subject":"',
    '"a":"',
    '\\u202e',
    '\\ufeff',
    '＝',
    ' ',
  ],
  run: async (input) => {
    const json = parseJson(textOf(input));
    if (!isObject(json)) return;
    const columns = ['subject', 'a', 'a.b', '__proto__'];
    const writer = csvWriter(columns);
    writer.write(csvRow({ ...FOUND, document: json }, columns));
    writer.end();
    const text = (await writer.toArray()).join('');
    const cells = cellsOf(text);
    holds(
      cells.every((cell) => !/^[=+\-@\t\r]/.test(cell) || /^-?\d/.test(cell)),
      'a cell begins like a formula',
    );
    holds(cells.length === 2 * columns.length, `there are ${cells.length} cells`);
  },
};

/** By RFC 4180, one sign after the other. */
function cellsOf(text: string): string[] {
  const cells = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted && sign === '"' && text[at + 1] === '"') at += 1;
    else if (sign === '"') {
      isQuoted = !isQuoted;
      continue;
    } else if (!isQuoted && (sign === ',' || (sign === '\r' && text[at + 1] === '\n'))) {
      if (sign === '\r') at += 1;
      cells.push('');
      continue;
    }
    cells[cells.length - 1] += text[at] ?? '';
  }
  return cells.slice(0, -1);
}

export const REQUEST_TARGETS = [notification, formats, addresses, csv, http];
