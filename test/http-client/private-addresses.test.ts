import dns, { type LookupAddress } from 'node:dns';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { classify, RawError } from '../../src/domain/failures/failure.js';
import { publicLookup } from '../../src/http-client/public-lookup.js';
import { MimecastClient } from '../../src/mimecast/client.js';
import { fileFaultOf } from '../../src/mimecast/file-fault.js';
import { errorFactsOf, serve } from '../support/local-server.js';

const HOST = 'files.example.com';

/** What every name stands for. */
function resolveTo(addresses: readonly string[]) {
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((...args: readonly unknown[]) => {
    const done = args.at(-1) as (error: null, addresses: LookupAddress[]) => void;
    process.nextTick(() =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  }) as typeof dns.lookup);
  onTestFinished(() => lookup.mockRestore());
  return lookup;
}

const looked = (all: boolean) =>
  new Promise<unknown>((resolve) => {
    publicLookup(HOST, { all }, (error, address) => resolve(error?.message ?? address));
  });

describe('an address that a name stands for', () => {
  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::10.0.0.1',
  ])('%s is not connected to', async (address) => {
    resolveTo([address]);
    expect(await looked(true)).toBe(`${HOST} is at the private address ${address}`);
    expect(await looked(false)).toBe(`${HOST} is at the private address ${address}`);
  });

  test('is left out where others are public', async () => {
    resolveTo(['10.0.0.1', '8.8.8.8', '::1', '2600::1']);
    expect(await looked(true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2600::1', family: 6 },
    ]);
    expect(await looked(false)).toBe('8.8.8.8');
  });

  test('that is none, is no host', async () => {
    resolveTo([]);
    expect(await looked(true)).toContain('ENOTFOUND');
  });
});

const options = { clientId: 'id', clientSecret: 'secret', blipWaitsMs: [] };
const clientOf = (allowInsecure: boolean, baseUrl = 'https://api.services.mimecast.com') =>
  new MimecastClient({ ...options, baseUrl, allowInsecure });

test('a file store that stands for this machine is refused, and nothing reaches it', async () => {
  const store = await serve((_, response) => void response.writeHead(200).end('secret of this network'));
  const lookup = resolveTo(['127.0.0.1']);
  const url = `https://${HOST}:${new URL(store.url).port}/f`;
  const error = await clientOf(false)
    .openFile({ url })
    .catch((caught: unknown) => caught);
  if (!(error instanceof RawError)) throw new Error('no trouble came');
  expect(error.facts).toEqual({
    origin: 'file',
    endpoint: 'file store',
    cause: 'privateAddress',
    message: `${HOST} is at the private address 127.0.0.1`,
  });
  expect(store.received).toEqual([]);
  // Judged is what is connected to: there is no lookup before that of the connection.
  expect(lookup).toHaveBeenCalledTimes(1);
  // A name that is resolved wrongly says nothing of the file: it is not given up for it.
  expect(fileFaultOf(error)).toBeUndefined();
  expect(classify(error.facts)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'privateAddress', retry: true });
});

test('the API is looked at in the same way', async () => {
  resolveTo(['127.0.0.1']);
  expect(await errorFactsOf(clientOf(false).authenticate())).toMatchObject({
    origin: 'mimecast',
    cause: 'privateAddress',
    message: 'api.services.mimecast.com is at the private address 127.0.0.1',
  });
});

test('where insecure addresses are allowed, as for the simulator, so are these', async () => {
  const store = await serve((_, response) => void response.writeHead(200).end('content'));
  resolveTo(['127.0.0.1']);
  const { bytes } = await clientOf(true).openFile({ url: `http://${HOST}:${new URL(store.url).port}/f` });
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('content');
});
