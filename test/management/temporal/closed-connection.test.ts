import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { lazyTemporal } from '../../../src/management/temporal/temporal-client.js';
import { choosePort, LOOPBACK } from '../../../src/runtime/ports.js';

test('a call that is tried again after its connection was closed fails, and nothing is thrown where nobody can catch it', async () => {
  // Each connection is cut, so that the call is tried again and again.
  const server = createServer((socket) => socket.destroy());
  const port = await choosePort(0);
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const { connection, close } = lazyTemporal({ TEMPORAL_ADDRESS: `${LOOPBACK}:${port}` });
  const call = connection.workflowService.getSystemInfo({}).catch((error: Error) => error.message);
  await once(server, 'connection');
  await close();
  expect(await call).toMatch(/CANCELLED: GetSystemInfo: Channel has been shut down/);
  server.close();
});

test('a call begun after its connection was closed fails like any other', async () => {
  const { connection, close } = lazyTemporal({ TEMPORAL_ADDRESS: `${LOOPBACK}:${await choosePort(0)}` });
  await close();
  const call = connection.workflowService.getSystemInfo({}).catch((error: Error) => error.message);
  expect(await call).toMatch(/CANCELLED: GetSystemInfo: Channel has been shut down/);
});
