/** The client of a queue, against a real one and against one that refuses. */

import { expect, test } from 'vitest';
import { Queue, type QueueOptions } from '../../src/s3/queue.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, sendJson, serve } from '../support/local-server.js';
import { motoServer } from '../support/moto-server.js';
import { S3_REGION } from '../support/s3-server.js';

const server = motoServer();
const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'a-secret-of-tests', sessionToken: 'a-token-of-tests' };

function queueAt(url: string, changes: Partial<QueueOptions> = {}): Queue {
  return new Queue({ url, region: S3_REGION, keys: async () => KEYS, allowInsecure: true, ...changes });
}

test('messages are received once, kept from others one by one, and deleted', async () => {
  const real = await server.newQueue();
  for (let at = 0; at < 12; at += 1) await real.send(`message ${at}`);
  const queue = queueAt(real.url);
  const first = await queue.receive(30, 0);
  const second = await queue.receive(30, 0);
  expect([first.length, second.length]).toEqual([10, 2]);
  const all = [...first, ...second];
  expect(new Set(all.map(({ body }) => body)).size).toBe(12);
  expect(await queue.receive(30, 0)).toEqual([]);
  expect(await queue.hide([all[0]?.receipt ?? ''], 0)).toEqual(new Map());
  expect(await queue.receive(30, 0)).toMatchObject([{ id: all[0]?.id }]);
  expect(await queue.delete(all.map(({ receipt }) => receipt))).toEqual(new Map());
  expect(await real.counts()).toEqual({ waiting: 0, inFlight: 0 });
});

test('a receipt that is not known is told, and the others are deleted', async () => {
  const real = await server.newQueue();
  await real.send('one');
  const queue = queueAt(real.url);
  const [message] = await queue.receive(30, 0);
  const refused = await queue.delete(['unknown receipt', message?.receipt ?? '']);
  expect([...refused.keys()]).toEqual(['unknown receipt']);
  expect(await real.counts()).toEqual({ waiting: 0, inFlight: 0 });
});

test('a look at a queue receives nothing of it', async () => {
  const real = await server.newQueue();
  await real.send('one');
  await queueAt(real.url).probe(AbortSignal.timeout(10_000));
  expect(await real.counts()).toEqual({ waiting: 1, inFlight: 0 });
});

test('a queue that is missing is for the operator to correct', async () => {
  const { url } = await server.newQueue();
  const queue = queueAt(`${url}-missing`);
  for (const work of [() => queue.receive(30, 0), () => queue.probe(AbortSignal.timeout(10_000))]) {
    const failure = await failureOf(work());
    expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'QueueDoesNotExist', retry: false });
    expect(failure.advice).toContain('s3.queue');
  }
});

function refusing(status: number, code: string, message: string): Handler {
  const body = { __type: `com.amazonaws.sqs#${code}`, message };
  return (_, response) => sendJson(response, status, body, { 'content-type': 'application/x-amz-json-1.0' });
}

test.each([
  ['AccessDenied', 403, 'ThirdPartyConfig'],
  ['AccessDeniedException', 400, 'ThirdPartyConfig'],
  ['KmsAccessDenied', 400, 'ThirdPartyConfig'],
  ['UnrecognizedClientException', 400, 'ThirdPartyConfig'],
  ['InvalidSignatureException', 403, 'ThirdPartyConfig'],
  ['ExpiredToken', 403, 'ThirdPartyConfig'],
  ['ServiceUnavailable', 503, 'ThirdPartyGeneric'],
  ['RequestThrottled', 403, 'ThirdPartyGeneric'],
])('%s, with status %i, is a %s', async (code, status, type) => {
  const message = `User is not authorized: ${KEYS.secretAccessKey} ${KEYS.sessionToken}`;
  const { url } = await serve(refusing(status, code, message));
  const failure = await failureOf(queueAt(`${url}/1/mail-logs`).receive(30, 0));
  expect(failure).toMatchObject({ type, retry: type === 'ThirdPartyGeneric' });
  expect(JSON.stringify(failure)).not.toMatch(/a-secret-of-tests|a-token-of-tests/);
  if (/Denied/.test(code)) {
    for (const right of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'kms:Decrypt']) {
      expect(failure.advice).toContain(right);
    }
  }
});

test('a queue that is not there is the third party’s, and tried again', async () => {
  const failure = await failureOf(queueAt('http://127.0.0.1:9/1/mail-logs').receive(30, 0));
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'refused', retry: true });
});

test('a URL in a private network, or without TLS, is refused unless it is permitted', () => {
  const made = (url: string) => () => queueAt(url, { allowInsecure: false });
  expect(made('http://sqs.eu-west-1.amazonaws.com/1/q')).toThrow('is not a public https: address');
  expect(made('https://10.0.0.1/1/q')).toThrow('is not a public https: address');
  expect(made('https://sqs.eu-west-1.amazonaws.com/1/q')).not.toThrow();
});
