/** Who drips a request, or opens one connection after the other, does not hold the server. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { apiServer, basic } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const connections = { headersMs: 1_500, requestMs: 2_500, checkEveryMs: 100, most: 12, mostOfOneAddress: 8 };
const { api, get } = apiServer({ collections, client: () => client, connections });

interface Opened {
  readonly socket: Socket;
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

const opened: Socket[] = [];
afterEach(async () => {
  const open = opened.splice(0).filter((socket) => !socket.closed);
  await Promise.all(open.map((socket) => once(socket.destroy(), 'close')));
  await until(
    () => new Promise<number>((resolve) => get().app.server.getConnections((_, count) => resolve(count))),
    // Those of `fetch` stay for the next call.
    (count) => count <= 2,
  );
});

function open(text: string, localAddress = '127.0.0.1'): Opened {
  const { hostname, port } = new URL(get().url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  opened.push(socket);
  let received = '';
  let isClosed = false;
  socket.setEncoding('utf8').on('data', (data) => {
    received += data;
  });
  socket.once('close', () => {
    isClosed = true;
  });
  // A connection that the server has closed may also be reset.
  socket.on('error', () => undefined);
  socket.write(text);
  return { socket, received: () => received, isClosed: () => isClosed };
}

const closed = ({ isClosed }: Opened) => until(isClosed, (yes) => yes);
const head = (method: string, path: string) => {
  const { accessId, accessKey } = get().admin;
  return `${method} /api/v1/${path} HTTP/1.1\r\nhost: a\r\nauthorization: ${basic(accessId, accessKey)}\r\n`;
};

describe('a request that does not arrive', () => {
  test.each([
    ['says nothing', () => ''],
    ['drips its headers', () => head('GET', 'collectors')],
    [
      'drips its body',
      () => `${head('POST', 'collectors')}content-type: application/json\r\ncontent-length: 99999\r\n\r\n{`,
    ],
  ])('because it %s is ended with 408', async (_, text) => {
    const slow = open(text());
    const drip = text() === '' ? undefined : setInterval(() => slow.socket.write('x'), 20);
    await until(slow.received, (answer) => answer !== '').finally(() => clearInterval(drip));
    expect(slow.received()).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    await closed(slow);
    expect((await api('GET', 'v1/collectors')).status).toBe(200);
  });

  test('is one thing, and an answer that never ends another: server-sent events go on', async () => {
    const events = open(`${head('GET', 'events')}\r\n`);
    await until(events.received, (text) => text.includes('event: states'));
    // Two requests one after the other run out of time meanwhile.
    for (const _ of [1, 2]) await closed(open(`${head('POST', 'collectors')}content-length: 99\r\n\r\n{`));
    const before = events.received().length;
    await raw(collections).sources.insertOne({
      ...{ _id: 1, name: 'new', collectorId: 1, config: {}, version: 1 },
      ...{ createdAt: new Date(), updatedAt: new Date() },
    });
    await until(events.received, (text) => text.slice(before).includes('event: state\n'));
    expect(events.isClosed()).toBe(false);
  });
});

describe('connections', () => {
  test('are so many of one address, and others still come in; one that ends makes room', async () => {
    const streams = Array.from({ length: 8 }, () => open(`${head('GET', 'events')}\r\n`, '127.0.0.2'));
    await until(
      () => streams.filter(({ received }) => received().includes('event: states')).length,
      (count) => count === 8,
    );
    const further = open(`${head('GET', 'events')}\r\n`, '127.0.0.2');
    await closed(further);
    expect(further.received()).toBe('');
    const other = open(`${head('GET', 'events')}\r\n`, '127.0.0.3');
    await until(other.received, (text) => text.includes('event: states'));
    const [first] = streams;
    first?.socket.destroy();
    await until(
      async () => {
        const again = open(`${head('GET', 'collectors')}\r\n`, '127.0.0.2');
        await until(
          () => again.isClosed() || again.received() !== '',
          (done) => done,
        );
        return again.received();
      },
      (text) => text.startsWith('HTTP/1.1 200'),
    );
  });

  test('are so many of all addresses', async () => {
    const streams = Array.from({ length: 16 }, (_, n) => open(`${head('GET', 'events')}\r\n`, `127.0.0.${n + 20}`));
    await until(
      () => streams.filter(({ isClosed, received }) => isClosed() || received().includes('event: states')).length,
      (count) => count === 16,
    );
    expect(streams.filter(({ isClosed }) => !isClosed()).length).toBeLessThanOrEqual(12);
    expect(streams.filter(({ isClosed }) => isClosed()).length).toBeGreaterThanOrEqual(4);
  });
});
