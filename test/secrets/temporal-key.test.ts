import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const CONFIG = '../../src/config/temporal.js';
const KEY = 'hush7f3a-\u00fcber';
/** Accepts connections, which is all that it is asked for. */
const server = createServer();

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // As if its own check of the key, which `test/config/temporal.test.ts` tests, had let it pass.
  vi.resetModules();
  vi.doMock(CONFIG, () => ({
    readTemporalConfig: ({ ADDRESS: address, API_KEY: apiKey, AUTHORIZATION: authorization }: NodeJS.ProcessEnv) => ({
      address,
      connectionOptions: { address, tls: false, apiKey, metadata: { authorization } },
    }),
  }));
});
afterAll(() => {
  server.close();
  // The files behind this one share its process.
  vi.doUnmock(CONFIG);
  vi.resetModules();
});

test.each(['API_KEY', 'AUTHORIZATION'])('a key that the library quotes is not reported: %s', async (name) => {
  const { connectTemporal } = await import('../../src/management/temporal/temporal-client.js');
  const { port } = server.address() as AddressInfo;
  const error = await connectTemporal({ ADDRESS: `127.0.0.1:${port}`, [name]: KEY }).catch(String);
  expect(error).toContain('********" contains illegal characters');
  expect(error).not.toMatch(/hush|ber"/);
});
