import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';

let busy: Server;
let busyPort: number;
beforeEach(async () => {
  busyPort = await choosePort(0);
  busy = createServer();
  await new Promise<void>((resolve) => busy.listen(busyPort, '127.0.0.1', resolve));
});
afterEach(() => void busy.close());

test('a free port is taken as it is', async () => {
  const free = await choosePort(0);
  expect(await choosePort(free)).toBe(free);
  expect(await choosePort(free, { required: true })).toBe(free);
});

test('a busy one is replaced', async () => {
  const chosen = await choosePort(busyPort);
  expect(chosen).toBeGreaterThan(1023);
  expect(chosen).not.toBe(busyPort);
});

test('unless it was asked for by name', async () => {
  await expect(choosePort(busyPort, { required: true })).rejects.toThrow(
    `port ${busyPort} on 127.0.0.1 is in use by another program`,
  );
});

test('an address of another machine is no reason to look for another port', async () => {
  await expect(choosePort(busyPort, { host: '192.0.2.1' })).rejects.toThrow(/cannot be used/);
});
