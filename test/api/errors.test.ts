/** How errors are told: in two forms, with the codes of each API, and as what they are: a mistake, our fault, a server away. */

import { Writable } from 'node:stream';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import { errorAnswerOf } from '../../src/api/common/error-answer.js';
import { apiServer, call } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

interface Listed {
  readonly errors: readonly { readonly code: string; readonly message: string; readonly meta?: unknown }[];
}

describe('a request that is invalid has the code of its API', () => {
  test.for<[string, string, unknown, string]>([
    ['POST', 'v1/fields', {}, 'field:invalid'],
    ['POST', 'v1/fields', { fieldName: 7 }, 'field:invalid'],
    ['GET', `v1/fields/${'0'.repeat(65)}`, undefined, 'field:invalid'],
    ['GET', 'v1/healthEvents?limit=x', undefined, 'healthevent.invalid'],
    ['GET', 'v1/healthEvents?token=x', undefined, 'healthevent.invalid'],
    ['POST', 'v1/healthEvents/resources', {}, 'healthevent.invalid'],
    ['POST', 'v1/accessKeys', { role: 'king' }, 'accesskey.invalid'],
  ])('%s %s %j', async ([method, path, body, code]) => {
    const { status, json } = await api<Listed>(method, path, body === undefined ? {} : { body });
    expect({ status, errors: json.errors }).toEqual({
      status: 400,
      errors: [{ code, message: expect.stringMatching(/must|Missing|token/) }],
    });
  });

  test('and other errors have the code that all share', async () => {
    expect((await api<Listed>('POST', 'v1/fields', { body: '{' })).json.errors).toMatchObject([
      { code: 'request.invalid' },
    ]);
    expect((await api('POST', 'v1/collectors', { body: {} })).json.code).toBe('collectors.validation.fields.missing');
  });
});

test('what programs want to know of an error of fields stands in its meta', async () => {
  const unknown = await api<Listed>('GET', 'v1/fields/00000000000ABCDE');
  expect(unknown).toMatchObject({
    status: 404,
    json: { errors: [{ code: 'field:doesnt_exist', meta: { id: '00000000000ABCDE' } }] },
  });
  const made = await api<{ fieldId: string }>('POST', 'v1/fields', { body: { fieldName: 'once' } });
  const again = await api<Listed>('POST', 'v1/fields', { body: { fieldName: 'once' } });
  expect(again.json.errors).toMatchObject([{ code: 'field:already_exists', meta: { id: made.json.fieldId } }]);
  const quiet = await api<Listed>('DELETE', 'v1/accessKeys/nobody');
  expect(quiet.json.errors[0]).not.toHaveProperty('meta');
});

describe('an error of MongoDB', () => {
  const refused = (codeName: string, code: number) =>
    new MongoServerError({ message: `not ${codeName}`, codeName, code });

  test('that says that time was up is told as that', () => {
    const { status, code, message } = errorAnswerOf(refused('MaxTimeMSExpired', 50));
    expect({ status, code }).toEqual({ status: 503, code: 'request.timeout' });
    expect(message).toContain('too long');
  });

  test.for<[string, Error, number]>([
    ['that it answers with a refusal is our fault', refused('BadValue', 2), 500],
    ['that it answers with no permission, too', refused('Unauthorized', 13), 500],
    ['that says that it goes means that it is away', refused('ShutdownInProgress', 91), 503],
    ['that says that another one is the primary, too', refused('NotWritablePrimary', 10_107), 503],
    ['of the network, too', new MongoNetworkError('connection closed'), 503],
  ])('%s', async ([, error, wanted]) => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (line, _encoding, done) => {
        lines.push(String(line));
        done();
      },
    });
    const services = assembleServices({ collections, client, allowInsecure: true });
    const failing = Object.assign(Object.create(services.collectors), { list: () => Promise.reject(error) });
    const logger = pino({ level: 'error' }, stream);
    const app = await buildApp({ services: { ...services, collectors: failing }, logger });
    const server = { url: await app.listen({ host: '127.0.0.1', port: 0 }), admin: get().admin };
    const { status, json, text } = await call(server, 'GET', 'v1/collectors');
    expect({ status, code: json.code }).toEqual({
      status: wanted,
      code: wanted === 500 ? 'internal.error' : 'service.unavailable',
    });
    expect(text).not.toContain(error.message);
    expect(lines.join('')).toContain(error.message);
    await app.close();
  });
});

/** Their heads would come alone, after all of it was read, or never. */
const STREAMED: Readonly<Record<string, string>> = {
  'v1/events': 'GET',
  'v1/collectors/999/sources/999/quarantine/999/content': 'GET',
  'v1/search/export': 'GET, POST',
  'v1/detections/export': 'GET',
  'v1/detections/follow': 'GET',
  'v1/watchlists/999/hits/follow': 'GET',
};

test('HEAD is answered like GET, but not of a stream', async () => {
  const { json } = await api<{ paths: Record<string, object> }>('GET', 'v1/openapi.json');
  const paths = Object.entries(json.paths).filter(([, methods]) => 'get' in methods);
  expect(paths.length).toBeGreaterThan(20);
  for (const [path] of paths) {
    const asked = path
      .replace('/api/', '')
      .replace('{kind}', 'verify')
      .replaceAll(/\{\w+\}/g, '999');
    const head = await api('HEAD', asked);
    expect({ asked, text: head.text }).toEqual({ asked, text: '' });
    if (asked in STREAMED) expect([head.status, head.headers.get('allow')]).toEqual([405, STREAMED[asked]]);
    else expect({ asked, status: head.status }).toEqual({ asked, status: (await api('GET', asked)).status });
  }
});
