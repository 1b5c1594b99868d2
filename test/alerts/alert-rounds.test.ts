/** What is told to whom, and when: at times that the test sets, over real sockets. */

import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { SIGNATURE_HEADER } from '../../src/http-client/signature.js';
import { Keyring } from '../../src/secrets/keyring.js';
import { closeEvent, connectionService, openEvent, START, testSender } from '../support/alert-fixtures.js';
import { type Handler, happening, type LocalServer, serve } from '../support/local-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const service = connectionService(collections);

afterEach(async () => {
  for (const { id } of await service.list()) await service.remove(id);
  await db.collection('health_events').deleteMany({});
});

const accept: Handler = (_, response) => {
  response.writeHead(200).end('ok');
};

interface Told {
  readonly id: string;
  readonly alertId: string;
  readonly type: string;
  readonly severityLevel: string;
  readonly healthEvents: readonly { readonly eventId: string; readonly ended?: { readonly title: string } }[];
}

const toldTo = ({ received }: LocalServer) => received.map(({ body }) => JSON.parse(body) as Told);
const idsTold = (server: LocalServer) =>
  toldTo(server).map(({ type, healthEvents }) => [type, ...healthEvents.map(({ eventId }) => eventId)]);

async function webhook(url: string, more: Record<string, unknown> = {}) {
  return service.create({ name: `webhook ${url}`, type: 'webhook', target: { url }, ...more });
}

describe('a problem', () => {
  test('is told once the grouping window is over, and its end once it has stayed away', async () => {
    const server = await serve(accept);
    await webhook(server.url);
    const sender = testSender(collections);
    await sender.at(0);
    await openEvent(collections, 'a');
    await sender.at(0.5);
    expect(server.received).toEqual([]);
    await sender.at(1.5);
    await openEvent(collections, 'a', 2, { attempts: 2, eventTime: new Date(START).toISOString() });
    await sender.at(3);
    await closeEvent(collections, 'a', 10);
    await sender.at(10.5);
    expect(idsTold(server)).toEqual([['triggered', 'a']]);
    await sender.at(11);
    await sender.at(60);
    expect(idsTold(server)).toEqual([
      ['triggered', 'a'],
      ['resolved', 'a'],
    ]);
    const [first, last] = toldTo(server);
    expect(last?.alertId).toBe(first?.id);
    expect(last?.healthEvents[0]?.ended?.title).toBe('receipt: http_503 has ended');
    expect(sender.attempts.map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
  });

  test('that many sources have at once is one message, whose end is told when all have ended', async () => {
    const server = await serve(accept);
    await webhook(server.url);
    const sender = testSender(collections);
    const ids = Array.from({ length: 30 }, (_, n) => `source-${n}`);
    for (const [n, id] of ids.entries()) await openEvent(collections, id, n / 60, { sourceId: n + 1 });
    await sender.at(0.5);
    await sender.at(2);
    expect(server.received).toHaveLength(1);
    expect(toldTo(server)[0]?.healthEvents).toHaveLength(30);
    for (const id of ids.slice(1)) await closeEvent(collections, id, 10);
    await sender.at(20);
    expect(server.received).toHaveLength(1);
    await closeEvent(collections, 'source-0', 20);
    await sender.at(21);
    expect(idsTold(server).map(([type]) => type)).toEqual(['triggered', 'resolved']);
  });

  test('that ends within the window is not told, and one that was long over before anybody looked is', async () => {
    const server = await serve(accept);
    await webhook(server.url);
    const sender = testSender(collections);
    await sender.at(0);
    await openEvent(collections, 'blip', 0);
    await sender.at(0.2);
    await closeEvent(collections, 'blip', 0.5);
    await sender.at(2);
    await sender.at(3);
    expect(server.received).toEqual([]);
    expect(await db.collection('notifications').countDocuments()).toBe(0);
    await openEvent(collections, 'unseen', 10);
    await closeEvent(collections, 'unseen', 90);
    await sender.at(300);
    await sender.at(302);
    await sender.at(303);
    expect(idsTold(server)).toEqual([
      ['triggered', 'unseen'],
      ['resolved', 'unseen'],
    ]);
  });

  test('that comes and goes is not told each time', async () => {
    const server = await serve(accept);
    await webhook(server.url);
    const sender = testSender(collections);
    for (let n = 0; n < 12; n += 1) {
      await openEvent(collections, 'flapping', n * 4, { occurrences: n + 1 });
      await sender.at(n * 4 + 1);
      await closeEvent(collections, 'flapping', n * 4 + 2);
      await sender.at(n * 4 + 3);
    }
    await sender.at(120);
    const types = idsTold(server).map(([type]) => type);
    expect(types.length).toBeLessThanOrEqual(6);
    expect(types.at(-1)).toBe('resolved');
  });

  test('that becomes an error is told again, also to who wants errors alone', async () => {
    const [all, errors] = [await serve(accept), await serve(accept)];
    await webhook(all.url);
    await webhook(errors.url, { severityLevel: 'Error' });
    const sender = testSender(collections);
    await openEvent(collections, 'a', 0, { severityLevel: 'Warning' });
    await sender.at(0);
    await sender.at(2);
    expect([all.received.length, errors.received.length]).toEqual([1, 0]);
    await openEvent(collections, 'a', 90, { severityLevel: 'Error', eventTime: new Date(START).toISOString() });
    await sender.at(90);
    await sender.at(92);
    expect(toldTo(all).map(({ severityLevel }) => severityLevel)).toEqual(['Warning', 'Error']);
    expect(toldTo(errors).map(({ severityLevel }) => severityLevel)).toEqual(['Error']);
  });

  test('is told to those who chose its collector', async () => {
    await db.collection<{ _id: number }>('collectors').insertMany([1, 2].map((_id) => ({ _id, name: `${_id}` })));
    const [one, two] = [await serve(accept), await serve(accept)];
    await webhook(one.url, { collectorIds: [1] });
    await webhook(two.url, { collectorIds: [2] });
    const sender = testSender(collections);
    await openEvent(collections, 'a');
    await sender.at(0);
    await sender.at(2);
    expect([one.received.length, two.received.length]).toEqual([1, 0]);
  });

  test('that is open is told to a new connection, and to one that is enabled again', async () => {
    const server = await serve(accept);
    const sender = testSender(collections);
    await openEvent(collections, 'a');
    await sender.at(1);
    const { id } = await webhook(server.url, { groupingWindow: '0s' });
    await sender.at(30);
    await sender.at(31);
    expect(idsTold(server)).toEqual([['triggered', 'a']]);
    await service.update(id, { isEnabled: false });
    await openEvent(collections, 'b', 32);
    await sender.at(33);
    await sender.at(34);
    expect(server.received).toHaveLength(1);
    await service.update(id, { isEnabled: true });
    await sender.at(40);
    await sender.at(41);
    expect(idsTold(server).at(-1)).toEqual(['triggered', 'a', 'b']);
  });
});

describe('a delivery', () => {
  test('is signed over its time and body', async () => {
    const server = await serve(accept);
    const { secret = '' } = await webhook(server.url, { groupingWindow: '0s' });
    await openEvent(collections, 'a');
    const sender = testSender(collections);
    await sender.at(1);
    const [sent] = server.received;
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(sent?.headers[SIGNATURE_HEADER])) ?? [];
    expect(signature).toBe(createHmac('sha256', secret).update(`${time}.${sent?.body}`).digest('hex'));
    expect(sent?.headers['mimecast-source-notification']).toBe(toldTo(server)[0]?.id);
  });

  test('is tried again after a 500 and after a 429 as late as it says, with the same id', async () => {
    let answer: [number, Record<string, string>] = [500, {}];
    const server = await serve((_, response) => {
      response.writeHead(answer[0], answer[1]).end('not now');
    });
    const { id } = await webhook(server.url, { groupingWindow: '0s' });
    await openEvent(collections, 'a');
    const sender = testSender(collections);
    await sender.at(1);
    expect(sender.attempts).toMatchObject([{ outcome: 'failed', problem: expect.stringContaining('status 500') }]);
    expect((await service.get(id)).delivery).toMatchObject({ pending: 1, problem: expect.stringContaining('not now') });
    await sender.at(1.05);
    expect(server.received).toHaveLength(1);
    answer = [429, { 'retry-after': '1200' }];
    await sender.at(1.5);
    await sender.at(21);
    expect(server.received).toHaveLength(2);
    answer = [200, {}];
    await sender.at(21.6);
    expect(new Set(toldTo(server).map((told) => told.id)).size).toBe(1);
    expect(sender.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'sent']);
    expect((await service.get(id)).delivery).toEqual({ pending: 0, undelivered: 0, lastAcceptedAt: expect.anything() });
  });

  test('is given up after a day, and the connection says so', async () => {
    const server = await serve((_, response) => {
      response.writeHead(404).end();
    });
    const { id } = await webhook(server.url, { groupingWindow: '0s' });
    await openEvent(collections, 'a');
    const sender = testSender(collections);
    await sender.at(1);
    await sender.at(24 * 60 + 2);
    await sender.at(24 * 60 + 60);
    expect(sender.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'givenUp']);
    expect((await service.get(id)).delivery).toMatchObject({ undelivered: 1, pending: 0, problem: expect.any(String) });
  });

  test('to a target that hangs holds up no other', async () => {
    const { happen, happened } = happening();
    const hanging = await serve(() => happen());
    const good = await serve(accept);
    await webhook(hanging.url, { groupingWindow: '0s' });
    await webhook(good.url, { groupingWindow: '0s' });
    const sender = testSender(collections);
    await openEvent(collections, 'a');
    await sender.look(1);
    await happened;
    await openEvent(collections, 'b', 2);
    await sender.look(2);
    await expect.poll(() => good.received.length).toBe(2);
    expect(hanging.received).toHaveLength(1);
  });

  test('of a message that is refused keeps no other back', async () => {
    const server = await serve(({ body }, response) => {
      response.writeHead(body.includes('"eventId":"bad"') ? 400 : 200).end();
    });
    await webhook(server.url, { groupingWindow: '0s' });
    const sender = testSender(collections);
    await openEvent(collections, 'bad');
    await sender.at(1);
    await openEvent(collections, 'good', 2);
    await sender.at(2);
    expect(sender.attempts.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['failed', 'sent']));
  });

  test('to an address that redirects is not accepted', async () => {
    const other = await serve(accept);
    const server = await serve((_, response) => {
      response.writeHead(302, { location: other.url }).end();
    });
    const { id } = await webhook(server.url);
    expect(await service.test(id)).toMatchObject({ isAccepted: false, answer: expect.stringContaining('redirects') });
    expect(other.received).toEqual([]);
  });
});

describe('of several senders', () => {
  test('two at once tell everything once', async () => {
    const server = await serve(accept);
    await webhook(server.url, { groupingWindow: '0s' });
    const senders = [testSender(collections), testSender(collections), testSender(collections)];
    for (let n = 0; n < 20; n += 1) {
      await openEvent(collections, `e-${n}`, n);
      await Promise.all(senders.map((sender) => sender.look(n)));
    }
    for (const minute of [20, 21, 22]) await Promise.all(senders.map((sender) => sender.at(minute)));
    const told = toldTo(server).flatMap(({ healthEvents }) => healthEvents.map(({ eventId }) => eventId));
    expect(told.toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `e-${n}`).toSorted());
  });

  test('one that is closed while it sends leaves the message to the next', async () => {
    const { happen, happened } = happening();
    let isHanging = true;
    const server = await serve((received, response) => {
      if (!isHanging) return accept(received, response);
      happen();
    });
    await webhook(server.url, { groupingWindow: '0s' });
    await openEvent(collections, 'a');
    const [first, second] = [testSender(collections), testSender(collections)];
    await first.look(1);
    await happened;
    await first.rounds.close();
    isHanging = false;
    await second.at(1.1);
    expect(new Set(toldTo(server).map(({ id }) => id)).size).toBe(1);
    expect(second.attempts).toMatchObject([{ outcome: 'sent', attempt: 2 }]);
  });

  test('one without the key says so, and does not take the message for delivered', async () => {
    const server = await serve(accept);
    const { id } = await webhook(server.url, { groupingWindow: '0s' });
    await openEvent(collections, 'a');
    const other = Keyring.parse(`other:${Buffer.alloc(32, 1).toString('base64')}`);
    const sender = testSender(collections, { keyring: other });
    await sender.at(1);
    expect(sender.attempts).toMatchObject([
      { outcome: 'failed', problem: expect.stringContaining('MIMECAST_SECRET_KEYS') },
    ]);
    expect((await service.get(id)).delivery.pending).toBe(1);
  });
});
