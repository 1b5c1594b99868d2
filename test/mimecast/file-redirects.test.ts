import { describe, expect, onTestFinished, test } from 'vitest';
import { classify } from '../../src/domain/failures/failure.js';
import { Deadline } from '../../src/http-client/deadline.js';
import { MimecastClient } from '../../src/mimecast/client.js';
import { explainErrorBody } from '../../src/mimecast/error-body.js';
import { requestFile } from '../../src/mimecast/file-request.js';
import { errorFactsOf, type Handler, serve } from '../support/local-server.js';

const SIGNATURE = 's'.repeat(40);
const file: Handler = (_, response) => void response.writeHead(200).end('content');
const redirectTo =
  (location: string, status = 307): Handler =>
  (_, response) =>
    void response.writeHead(status, { location }).end('<Error><Code>TemporaryRedirect</Code></Error>');

async function read(url: string, allowInsecure = true): Promise<string> {
  const options = { clientId: 'id', clientSecret: 'secret', blipWaitsMs: [], allowInsecure };
  const client = new MimecastClient({ ...options, baseUrl: 'https://api.services.mimecast.com' });
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await client.openFile({ url })).bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a file store that redirects', () => {
  test.each([301, 302, 303, 307, 308])(
    'with %i to another host is followed, and sent nothing of ours',
    async (status) => {
      const other = await serve(file);
      const store = await serve(redirectTo(`${other.url}/regional/f?X-Amz-Signature=${SIGNATURE}`, status));
      expect(await read(`${store.url}/f`)).toBe('content');
      expect(other.received).toMatchObject([{ method: 'GET', path: '/regional/f' }]);
      const headers = other.received[0]?.headers ?? {};
      for (const name of ['authorization', 'cookie', 'referer']) expect(headers).not.toHaveProperty(name);
      expect(other.received[0]?.query.get('X-Amz-Signature')).toBe(SIGNATURE);
    },
  );

  test('to a path of its own is followed', async () => {
    const store = await serve((received, response) =>
      (received.path === '/f' ? redirectTo('../g?x=1') : file)(received, response),
    );
    expect(await read(`${store.url}/f`)).toBe('content');
    expect(store.received.map(({ path }) => path)).toEqual(['/f', '/g']);
  });

  test('without end is an error after a few', async () => {
    const store = await serve(redirectTo('/f'));
    const facts = await errorFactsOf(read(`${store.url}/f`));
    expect(facts).toMatchObject({ origin: 'file', status: 307, code: 'too_many_redirects' });
    expect(store.received).toHaveLength(6);
  });

  test.each([
    ['another protocol', 'ftp://files.example.com/f', 'does not begin with https://'],
    ['no address', 'http://', 'is not a URL'],
    ['credentials', 'http://user:hush@files.example.com/f', 'contains credentials'],
  ])('to %s is trouble that tells so, and nothing is called', async (_, location, reason) => {
    const store = await serve(redirectTo(location));
    const facts = await errorFactsOf(read(`${store.url}/f`));
    expect(facts).toMatchObject({ origin: 'file', code: 'address_refused' });
    expect(facts.message).toContain('redirects to an address that may not be called');
    expect(facts.message).toContain(reason);
    expect(facts.message).not.toContain('hush');
  });

  test('says nowhere to is an error of the file store, and what it says is reported', async () => {
    const store = await serve(
      (_, response) => void response.writeHead(301).end('<Error><Code>PermanentRedirect</Code></Error>'),
    );
    const failure = classify(await errorFactsOf(read(`${store.url}/f`)));
    expect(failure.message).toBe('file store: PermanentRedirect (HTTP 301)');
    expect(JSON.stringify(failure)).not.toMatch(/base ?url/i);
  });

  test('keeps the signatures of all addresses out of what is reported', async () => {
    const second = 't'.repeat(40);
    const other = await serve((_, response) => void response.writeHead(403).end(`no ${SIGNATURE} and no ${second}`));
    const store = await serve(redirectTo(`${other.url}/f?X-Amz-Signature=${second}`));
    const { message } = await errorFactsOf(read(`${store.url}/f?X-Amz-Signature=${SIGNATURE}`));
    expect(message).toBe('no ******** and no ********');
  });
});

test('each hop is judged like the first address: none leads into a private network', async () => {
  const other = await serve(file);
  const store = await serve(redirectTo(`${other.url}/f`));
  const deadline = new Deadline(60_000, undefined, { origin: 'file', endpoint: 'file store', message: 'late' });
  onTestFinished(() => deadline.close());
  const url = new URL(`${store.url}/f`);
  const http = {
    method: 'GET',
    url,
    endpoint: 'file store',
    origin: 'file',
    deadline,
    conceal: String,
    explain: explainErrorBody,
  } as const;
  expect(await errorFactsOf(requestFile(http, false))).toMatchObject({ code: 'address_refused' });
  expect(other.received).toEqual([]);
});

describe('errors of the file store are worded as its own', () => {
  test.each([
    ['429', { status: 429 }, 'The file store limits the rate of downloads; waiting'],
    ['500', { status: 500 }, 'file store: no (HTTP 500)'],
    ['a redirect', { status: 307 }, 'file store: no (HTTP 307)'],
  ])('%s', (_, rest, message) => {
    const failure = classify({ origin: 'file', endpoint: 'file store', message: 'no', ...rest });
    expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', retry: true, message });
    expect(failure.advice).not.toMatch(/base ?url|Mimecast’s status/i);
  });
});
