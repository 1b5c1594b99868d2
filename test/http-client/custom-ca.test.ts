import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connectProxy } from './connect-proxy.js';

const CHILD = fileURLToPath(new URL('connect-in-child.ts', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** An API for one test whose certificate is that of a company's own authority, as behind a proxy that inspects TLS. */
async function ownApi(): Promise<string> {
  const tls = { cert: readFileSync(fixture('server.pem')), key: readFileSync(fixture('server.key')) };
  const server = createServer(tls, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"token"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connect(env: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', CHILD, 'https://mimecast.test'],
    { env: { PATH: process.env.PATH, ...env } },
  );
  expect(stdout + stderr).not.toMatch(/hush|someone/);
  return JSON.parse(stdout);
}

test('NODE_EXTRA_CA_CERTS and HTTPS_PROXY of a program are obeyed; without the CA, the advice names it', async () => {
  const { name } = await connectProxy({ to: await ownApi() });
  const proxy = { HTTPS_PROXY: `http://someone:hush@${name}` };
  const trusted = await connect({ ...proxy, NODE_EXTRA_CA_CERTS: fixture('ca.pem') });
  expect(trusted).toEqual({ ok: true, ms: expect.any(Number), proxy: name });
  expect(await connect(proxy)).toMatchObject({
    ok: false,
    proxy: name,
    errorCode: 'tls',
    errorInfo: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});
