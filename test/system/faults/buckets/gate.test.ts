import { afterEach, expect, test } from 'vitest';
import { serve } from '../../../support/local-server.js';
import { SeededRandom } from '../../../support/random.js';
import { Gate } from './gate.js';
import { type GateAction, type GateName, type Operation, operationOf, pathOf } from './gate-rules.js';

const CONTENT = 'x'.repeat(1_000);
const open: Gate[] = [];
afterEach(async () => {
  for (const gate of open.splice(0)) await gate.close();
});

/** A gate before a server that answers everything with the same content. */
async function gateBefore(name: GateName = 's3') {
  const server = await serve((_, response) => void response.writeHead(200, { etag: '"e"' }).end(CONTENT));
  const gate = await Gate.listen(name, () => Number(new URL(server.url).port), new SeededRandom(1));
  open.push(gate);
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`http://127.0.0.1:${gate.port}${path}`, init);
    return { status: answer.status, etag: answer.headers.get('etag'), text: await answer.text() };
  };
  return { gate, ask, received: server.received };
}

const rule = (action: GateAction, ...operations: readonly Operation[]) => ({ operations, action });

test.each<[string, string, Record<string, string>, Operation]>([
  ['GET', '/logs?list-type=2&prefix=receipt%2F', {}, 'list'],
  ['GET', '/logs/receipt/1?x-id=GetObject', {}, 'read'],
  ['HEAD', '/logs/receipt/1', {}, 'look'],
  ['PUT', '/logs/receipt/1?x-id=PutObject', {}, 'write'],
  ['PUT', '/logs/receipt/1?partNumber=1&uploadId=u', {}, 'other'],
  ['POST', '/logs/receipt/1?uploads', {}, 'other'],
  ['POST', '/', { 'x-amz-target': 'AmazonSQS.ReceiveMessage' }, 'receive'],
  ['POST', '/', { 'x-amz-target': 'AmazonSQS.DeleteMessageBatch' }, 'delete'],
  ['POST', '/', { 'x-amz-target': 'AmazonSQS.ChangeMessageVisibilityBatch' }, 'hide'],
  ['POST', '/', { 'x-amz-target': 'AmazonSQS.SendMessage' }, 'other'],
])('%s %s %j asks to %s', (method, url, headers, operation) => {
  expect(operationOf({ method, url, headers })).toBe(operation);
});

test('a path is decoded', () => {
  expect(pathOf({ url: '/logs/receipt/a%20b%2Bc?x-id=GetObject' })).toBe('logs/receipt/a b+c');
});

test('without a rule everything passes, and its Host is the one that was signed', async () => {
  const { gate, ask, received } = await gateBefore();
  expect(await ask('/logs/a', { method: 'PUT', body: 'sent' })).toEqual({ status: 200, etag: '"e"', text: CONTENT });
  expect(received).toMatchObject([{ method: 'PUT', path: '/logs/a', body: 'sent' }]);
  expect(received[0]?.headers.host).toBe(`127.0.0.1:${gate.port}`);
});

test('so many requests of an operation are refused, and do not reach the server', async () => {
  const { gate, ask, received } = await gateBefore();
  const standing = gate.add(rule({ refuse: { status: 503, code: 'SlowDown' } }, 'read'), 2);
  const answers = [];
  for (const path of ['/logs/a', '/logs?list-type=2', '/logs/b', '/logs/c']) answers.push(await ask(path));
  expect(answers.map(({ status }) => status)).toEqual([503, 200, 503, 200]);
  expect(answers[0]?.text).toContain('<Code>SlowDown</Code>');
  expect(received.map(({ path }) => path)).toEqual(['/logs', '/logs/c']);
  expect(standing.struck).toBe(2);
});

test.each([100, 5_000])('an answer is cut off after %i bytes, and never whole', async (cutAfterBytes) => {
  const { gate, ask } = await gateBefore();
  gate.add(rule({ cutAfterBytes }, 'read'), 1);
  await expect(ask('/logs/a')).rejects.toThrow(TypeError);
  expect((await ask('/logs/a')).text).toBe(CONTENT);
});

test('an answer that is lost was carried out', async () => {
  const { gate, ask, received } = await gateBefore();
  gate.add(rule({ loseAnswer: true }, 'write'), 1);
  await expect(ask('/logs/a', { method: 'PUT', body: 'x' })).rejects.toThrow(TypeError);
  expect(received).toHaveLength(1);
});

test('messages are hidden for as long as the gate says', async () => {
  const { gate, ask, received } = await gateBefore('sqs');
  gate.add(rule({ hideSeconds: 1 }, 'receive'), 1);
  const headers = { 'x-amz-target': 'AmazonSQS.ReceiveMessage' };
  const body = JSON.stringify({ QueueUrl: 'q', VisibilityTimeout: 300 });
  for (let at = 0; at < 2; at += 1) await ask('/', { method: 'POST', body, headers });
  const hidden = received.map((each) => (JSON.parse(each.body) as { VisibilityTimeout: number }).VisibilityTimeout);
  expect(hidden).toEqual([1, 300]);
});

test('an object that is held is not asked for before that is through', async () => {
  const { gate, ask, received } = await gateBefore();
  const seen: string[] = [];
  gate.holdRead(async (path) => {
    seen.push(`${path} after ${received.length}`);
    return path === 'logs/b';
  });
  for (const path of ['/logs/a', '/logs/b', '/logs/c']) await ask(path);
  expect(seen).toEqual(['logs/a after 0', 'logs/b after 1']);
});

test('nobody gets through while there is no server', async () => {
  const gate = await Gate.listen('s3', () => undefined, new SeededRandom(1));
  open.push(gate);
  await expect(fetch(`http://127.0.0.1:${gate.port}/logs/a`)).rejects.toThrow(TypeError);
});
