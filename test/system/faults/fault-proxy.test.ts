import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { LOOPBACK } from '../../../src/runtime/ports.js';
import { FaultProxy } from './fault-proxy.js';

/** A proxy before a server that sends back whatever it gets. */
async function echoing(): Promise<{ proxy: FaultProxy; open: () => Socket }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const proxy = await FaultProxy.listen(() => (server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  const open = () => connect({ port: proxy.port, host: LOOPBACK });
  return { proxy, open };
}

async function echo(socket: Socket, words: string): Promise<string> {
  socket.end(words);
  return text(socket);
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

test('passes everything on, both ways, and the end too', async () => {
  const { open } = await echoing();
  const words = 'a long story. '.repeat(100_000);
  expect(await echo(open(), words)).toBe(words);
});

test('latency makes each chunk late, in both directions', async () => {
  const { proxy, open } = await echoing();
  proxy.set({ latencyMs: 60 });
  expect(await millisecondsOf(() => echo(open(), 'hello'))).toBeGreaterThan(115);
  proxy.heal();
  expect(await echo(open(), 'again')).toBe('again');
});

test('a cut ends what is connected and refuses what comes, until it is healed', async () => {
  const { proxy, open } = await echoing();
  const before = open();
  before.write('x');
  await once(before, 'data');
  proxy.set({ mode: 'cut' });
  await once(before, 'close');
  const during = open().on('error', () => undefined);
  await once(during, 'close');
  proxy.heal();
  expect(await echo(open(), 'after')).toBe('after');
});

test('a black hole keeps connections, and what was sent arrives when it ends', async () => {
  const { proxy, open } = await echoing();
  proxy.set({ mode: 'blackhole' });
  const socket = open();
  const answer = echo(socket, 'hello?');
  const silence = new Promise((resolve) => setTimeout(() => resolve('silence'), 80));
  expect(await Promise.race([answer, silence])).toBe('silence');
  expect(socket.destroyed).toBe(false);
  proxy.heal();
  expect(await answer).toBe('hello?');
});

test('a slow close passes the content on at once and the end later', async () => {
  const { proxy, open } = await echoing();
  proxy.set({ slowCloseMs: 70 });
  const socket = open();
  const answer = echo(socket, 'bye');
  expect(await millisecondsOf(() => once(socket, 'readable'))).toBeLessThan(65);
  expect(await millisecondsOf(() => answer)).toBeGreaterThan(90);
  expect(await answer).toBe('bye');
});

test('a reset strikes after so many bytes, so many connections', async () => {
  const { proxy, open } = await echoing();
  proxy.resetNext(2, 10);
  for (let connection = 0; connection < 2; connection += 1) {
    await expect(echo(open(), 'x'.repeat(5_000))).rejects.toThrow('ECONNRESET');
  }
  expect(await echo(open(), 'x'.repeat(5_000))).toHaveLength(5_000);
});

test('a reset leaves shorter answers alone', async () => {
  const { proxy, open } = await echoing();
  proxy.resetNext(1, 10);
  expect(await echo(open(), 'short')).toBe('short');
  await expect(echo(open(), 'much longer than that')).rejects.toThrow('ECONNRESET');
});

test('a target that is away looks like a broken connection', async () => {
  const proxy = await FaultProxy.listen(() => 1);
  onTestFinished(() => proxy.close());
  const socket = connect({ port: proxy.port, host: LOOPBACK }).on('error', () => undefined);
  await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});
