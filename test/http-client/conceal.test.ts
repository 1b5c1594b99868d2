import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { concealing } from '../../src/http-client/conceal.js';
import { Api } from '../../src/mimecast/api.js';
import { openFile } from '../../src/mimecast/file.js';
import { TokenSource } from '../../src/mimecast/token.js';
import { type Handler, type Received, sendJson, serve } from '../support/local-server.js';

const SECRET = 'hüsh&+ "secret"/<x>\\%41 7f3a';
const ID = 'client-1';
const FORM = new URLSearchParams({ client_id: ID, client_secret: SECRET, more: 'x' }).toString();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string, prefix: string) =>
  [...Buffer.from(text)].map((byte) => `${prefix}${byte.toString(16).padStart(2, '0')}`).join('');

describe('a secret is taken out', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['twice', `${SECRET} and ${SECRET}`],
    ['form-encoded', FORM],
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['URL-encoded in small letters', encodeURIComponent(SECRET).toLowerCase()],
    ['with every byte URL-encoded', hex(SECRET, '%')],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
    ['as JSON', JSON.stringify({ a: SECRET })],
    ['as JSON within JSON', JSON.stringify(JSON.stringify({ a: SECRET }))],
    ['as JSON of ASCII', JSON.stringify(SECRET).replace('ü', '\\u00fc').replace('/', '\\/')],
    [
      'as HTML',
      SECRET.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&#x3e;'),
    ],
    ['with its blanks folded', SECRET.replaceAll(' ', '\n  ')],
    ['in base64', base64(SECRET)],
    ['in base64 for addresses', Buffer.from(SECRET).toString('base64url')],
    ['in base64 within an address', encodeURIComponent(base64(SECRET))],
    ['in the base64 of an Authorization header', `Basic ${base64(`${ID}:${SECRET}`)}`],
    ['in the base64 of the whole form', base64(FORM)],
    ...[0, 1, 2].map((before): [string, string] => [
      `in base64, ${before} further`,
      base64(`${'?'.repeat(before)}${SECRET}??`),
    ]),
  ])('%s', (_, text) => {
    const shown = concealing([SECRET], ID)(`begin ${text} end`);
    expect(shown).toMatch(/\*{8}|not shown/);
    for (const form of [SECRET, 'sh&', '7f3a', '7F3A', 'secret%22', '%25252', base64(SECRET).slice(4, 14)])
      expect(shown).not.toContain(form);
  });

  test('and the rest stays', () => {
    const conceal = concealing([SECRET], ID);
    expect(conceal(`client_id=${ID}&client_secret=${SECRET}&grant_type=x`)).toBe(
      `client_id=${ID}&client_secret=********&grant_type=x`,
    );
    expect(conceal('Client credentials are invalid (100%)')).toBe('Client credentials are invalid (100%)');
    expect(concealing([])('text')).toBe('text');
    expect(concealing([''])('text')).toBe('text');
  });

  test('also one that is a part of another', () => {
    expect(concealing(['abcd', 'abcdefgh'])('abcdefgh, abcd')).toBe('********, ********');
  });
});

/** All that an error tells, as a log or Temporal would: its own properties, its stack, and those of its causes. */
function everything(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

async function errorOf(promise: Promise<unknown>): Promise<RawError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof RawError)) throw error;
  return error;
}

const echoes: readonly [string, (sent: string) => Handler][] = [
  ['as text', (sent) => (_, response) => void response.writeHead(400, { 'content-type': 'text/plain' }).end(sent)],
  [
    'cut in the middle',
    (sent) => (_, response) => void response.writeHead(400).end(`${'.'.repeat(290 - sent.indexOf('sh'))}${sent}`),
  ],
  ['as message and code', (sent) => (_, r) => sendJson(r, 400, { fail: [{ code: sent, message: sent }] })],
  ['with status 200', (sent) => (_, r) => sendJson(r, 200, { fail: [{ errors: [{ code: sent, message: sent }] }] })],
  ['as an OAuth error', (sent) => (_, r) => sendJson(r, 401, { error: sent, error_description: sent })],
  ['as a page', (sent) => (_, r) => void r.writeHead(502).end(`<html><title>${sent}</title></html>`)],
  ['as XML', (sent) => (_, r) => void r.writeHead(403).end(`<E><Code>${sent}</Code><Message>${sent}</Message></E>`)],
  ['as its request id', (sent) => (_, r) => sendJson(r, 400, {}, { 'x-request-id': encodeURIComponent(sent) })],
  ['as the id of no answer', (sent) => (_, r) => sendJson(r, 200, 7, { 'x-request-id': encodeURIComponent(sent) })],
  [
    'as the host that it redirects to',
    (sent) => (_, r) => void r.writeHead(307, { location: `http://${sent.replace(/[^a-z0-9]/gi, '')}.example/` }).end(),
  ],
];

/** Answers with what `sent` finds in a request. */
function echo(make: (sent: string) => Handler, sent: (received: Received) => string): Handler {
  return (received, response) => make(sent(received))(received, response);
}

describe('of a host that repeats what it was sent', () => {
  const source = (url: string, clientSecret = SECRET) =>
    new TokenSource({ baseUrl: new URL(`${url}/`), clientId: ID, clientSecret, blipWaitsMs: [] });

  test.each(echoes)('the client secret is not told: %s', async (_, make) => {
    const secret = 'hush7f3aQq';
    const { url } = await serve(echo(make, ({ body }) => new URLSearchParams(body).get('client_secret') ?? ''));
    const error = await errorOf(source(url, secret).get());
    expect(everything(error)).not.toMatch(/hush7|7f3aqq/i);
    expect(error.facts.endpoint).toBe('token');
  });

  test('the client secret is not reported: the whole form', async () => {
    const { url } = await serve((received, response) => void response.writeHead(400).end(received.body));
    const error = await errorOf(source(url).get());
    expect(error.facts).toMatchObject({
      status: 400,
      message: `client_id=${ID}&client_secret=********&grant_type=client_credentials`,
    });
    expect(everything(error)).not.toMatch(/sh%26|7f3a/);
  });

  test.each(echoes)('the bearer token is not told: %s', async (_, make) => {
    const token = 'eyToken7f3aQq';
    const answer = echo(make, ({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
    const { url } = await serve((received, response) =>
      received.path === '/oauth/token' ? sendJson(response, 200, { access_token: token }) : answer(received, response),
    );
    const api = new Api(new URL(`${url}/`), source(url), { blipWaitsMs: [] });
    const error = await errorOf(api.call({ method: 'GET', path: 'x', endpoint: 'batch list' }));
    expect(everything(error)).not.toMatch(/eytoken|7f3aqq/i);
  });

  test('the signature in the address of a file is not reported', async () => {
    const signature = 'hush7f3aQq/+'.repeat(3);
    const { url } = await serve(({ query }, response) => {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`no access with ${query.get('sig')} at 12:00`);
    });
    const file = `${url}/f?time=12:00&sig=${encodeURIComponent(signature)}`;
    const error = await errorOf(openFile(file, { allowInsecure: true, blipWaitsMs: [] }));
    expect(error.facts.message).toBe('no access with ******** at 12:00');
    expect(everything(error)).not.toContain('hush');
  });

  test('and speaks no HTTP at all, nothing of it is kept', async () => {
    const server = createServer((socket) => socket.on('data', (data) => void socket.end(data)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await errorOf(source(`http://127.0.0.1:${port}`).get());
    expect(error.facts.cause).toBe('unreadable');
    expect(error.cause).toBeInstanceOf(Error);
    expect(everything(error)).not.toMatch(/client_secret|sh%26|7f3a/);
  });
});
