/** Alert connections: who may see and change them, what they hide, and what is refused. */

import { afterEach, describe, expect, test } from 'vitest';
import { sealConnections } from '../../src/management/alerts/connection-secrets.js';
import { ConnectionService } from '../../src/management/alerts/connection-service.js';
import { Keyring } from '../../src/secrets/keyring.js';
import { storedConnection } from '../../src/store/connections.js';
import { apiAlone } from '../support/api-alone.js';
import { sendJson, serve } from '../support/local-server.js';
import { raw } from '../support/raw-collections.js';
import { TEST_KEYS, testKeyring } from '../support/test-keyring.js';

const { api, get, collections } = await apiAlone();
const path = 'v1/connections';

interface Made {
  readonly id: string;
  readonly secret?: string;
}

const create = (body: Record<string, unknown>) => api<Made>('POST', path, { body });
const slack = { name: 'SOC', type: 'slack', target: { url: 'http://127.0.0.1:9/services/T0/B0/hooksecret' } };
const email = {
  name: 'mail',
  type: 'email',
  target: { host: '127.0.0.1', user: 'soc', password: 'pass-secret', from: 'a@example.com', to: ['b@example.com'] },
};

afterEach(async () => {
  const { json } = await api<{ data: Made[] }>('GET', path);
  for (const { id } of json.data) await api('DELETE', `${path}/${id}`);
});

test.for([
  ['GET', path],
  ['POST', path],
  ['GET', `${path}/SOC`],
  ['PATCH', `${path}/SOC`],
  ['DELETE', `${path}/SOC`],
  ['POST', `${path}/SOC/test`],
] as const)('a viewer may not %s %s', async ([method, address]) => {
  await create(slack);
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
  expect((await api(method, address, { key: get().viewer, ...body })).status).toBe(403);
});

test('secrets are in no answer, not in the audit trail, and in MongoDB only encrypted', async () => {
  const bodies = [
    slack,
    { name: 'hook', type: 'webhook', target: { url: 'http://127.0.0.1:9/urlsecret', secret: 'signing-secret-0123' } },
    { name: 'pager', type: 'pagerDuty', target: { routingKey: 'routing-secret', url: 'http://127.0.0.1:9/v2' } },
    email,
  ];
  const texts: string[] = [];
  for (const body of bodies) {
    const { status, json, text } = await create(body);
    expect(status).toBe(200);
    const changed = await api('PATCH', `${path}/${json.id}`, { body: { groupingWindow: '5m' } });
    texts.push(text, changed.text, (await api('GET', `${path}/${json.id}`)).text);
    texts.push((await api('POST', `${path}/${json.id}/test`)).text);
  }
  texts.push((await api('GET', path)).text, JSON.stringify(await raw(collections).auditTrail.find().toArray()));
  const stored = await Promise.all(bodies.map(({ name }) => storedByName(name)));
  texts.push(JSON.stringify(stored));
  for (const secret of ['hooksecret', 'urlsecret', 'signing-secret', 'routing-secret', 'pass-secret'])
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  expect(stored.every((document) => document?.target.startsWith(testKeyring.currentPrefix))).toBe(true);
});

async function storedByName(name: string) {
  const { json } = await api<Made>('GET', `${path}/${name}`);
  return storedConnection(collections, json.id);
}

test('a new webhook gets a secret that is shown once; another address gets another', async () => {
  const made = await create({ name: 'hook', type: 'webhook', target: { url: 'http://127.0.0.1:9/a' } });
  expect(made.json.secret).toHaveLength(43);
  const change = (target: object) => api<Made>('PATCH', `${path}/hook`, { body: { target } });
  expect((await change({ url: 'http://127.0.0.1:9/a' })).json.secret).toBeUndefined();
  const moved = await change({ url: 'http://127.0.0.1:9/b' });
  expect(moved.json.secret).toHaveLength(43);
  expect(moved.json.secret).not.toBe(made.json.secret);
});

test('changed by its ETag, and its stored password goes nowhere else', async () => {
  const made = await create(email);
  const etag = made.headers.get('etag') ?? '';
  const patch = (body: object, tag = '') => api('PATCH', `${path}/mail`, { body, headers: { 'if-match': tag } });
  const changed = await patch({ severityLevel: 'Error' }, etag);
  expect(changed.json).toMatchObject({ severityLevel: 'Error', revision: 2, groupingWindow: '60s' });
  expect((await patch({ severityLevel: 'Warning' }, etag)).status).toBe(412);
  for (const target of [{ host: 'evil.example.com' }, { port: 25 }, { user: 'x' }, { security: 'none' }]) {
    const { status, json } = await patch({ target });
    expect({ target, status, json }).toMatchObject({
      status: 400,
      json: { mistakes: [expect.stringContaining('password')] },
    });
  }
  expect((await patch({ target: { to: ['c@example.com'] } })).json).toMatchObject({
    target: { to: ['c@example.com'] },
  });
});

describe('is refused', () => {
  test.for<[string, Record<string, unknown>, number, string]>([
    ['an unknown type', { ...slack, type: 'fax' }, 400, 'type'],
    ['a target without its address', { ...slack, target: {} }, 400, 'target.url'],
    ['an unknown key', { ...slack, target: { ...slack.target, channel: '#soc' } }, 400, 'channel'],
    ['a window that is too long', { ...slack, groupingWindow: '2h' }, 400, 'groupingWindow'],
    ['a collector that is not there', { ...slack, collectorIds: [99] }, 400, 'collectorIds'],
    ['a sender with a line end', { ...email, target: { ...email.target, from: 'a@b.c\nBcc: x@y.z' } }, 400, 'from'],
    ['a password without a user', { ...email, target: { ...email.target, user: undefined } }, 400, 'user'],
    [
      'mail without encryption',
      { ...email, target: { ...email.target, host: 'smtp.example.com', security: 'none' } },
      400,
      'security',
    ],
  ])('%s', async ([, body, wanted, word]) => {
    const { status, text } = await create(body);
    expect({ status, text }).toEqual({ status: wanted, text: expect.stringContaining(word) });
    expect(text).not.toContain('pass-secret');
  });

  test('a name that is taken', async () => {
    await create(slack);
    expect((await create(slack)).status).toBe(409);
  });
});

describe('without MIMECAST_ALLOW_INSECURE', () => {
  const serviceOf = (...alertHosts: readonly string[]) =>
    new ConnectionService({ collections, keyring: testKeyring, allowInsecure: false, alertHosts: new Set(alertHosts) });
  const hook = (url: string) => ({ name: url, type: 'webhook', target: { url } });
  const mail = (host: string, security = 'starttls') => ({ ...email, target: { ...email.target, host, security } });

  test.for([
    [hook('http://siem.example.com/'), 'https'],
    [hook('https://127.0.0.1/'), 'private'],
    [hook('https://[::1]/'), 'private'],
    [hook('https://169.254.169.254/latest'), 'private'],
    [hook('https://0x7f.1/'), 'private'],
    [hook('https://10.1.2.3/'), 'private'],
    [hook('https://intranet/'), 'private'],
    [hook('https://user:word@siem.example.com/'), 'credentials'],
    [mail('127.0.0.1'), 'private'],
    [mail('mail.internal'), 'private'],
    [mail('localhost', 'none'), 'security'],
  ] as const)('%j is refused', async ([body, word]) => {
    await expect(serviceOf().create(body)).rejects.toThrow(word);
  });

  test('MIMECAST_ALERT_HOSTS permits a host of a private network, encrypted alone', async () => {
    const service = serviceOf('10.1.2.3', 'mail.internal');
    expect(await service.create(hook('https://10.1.2.3/'))).toMatchObject({ target: { host: '10.1.2.3' } });
    expect(await service.create(mail('mail.internal'))).toMatchObject({ target: { port: 587 } });
    await expect(service.create(hook('http://10.1.2.3/'))).rejects.toThrow('https');
  });

  test('a name that stands for a private address is refused when it is connected to', async () => {
    const insecure = new ConnectionService({
      collections,
      keyring: testKeyring,
      allowInsecure: true,
      alertHosts: new Set(),
    });
    const server = await serve((_, response) => sendJson(response, 200, {}));
    const { port } = new URL(server.url);
    await insecure.create({ ...hook(`http://localhost:${port}/`), name: 'local' });
    expect(await serviceOf().test('local')).toMatchObject({ isAccepted: false });
    expect(server.received).toEqual([]);
    expect(await insecure.test('local')).toEqual({ isAccepted: true, answer: '200: {}' });
  });
});

test('targets are encrypted again with the first key', async () => {
  const { json } = await create(slack);
  const rotated = Keyring.parse(`newer:${Buffer.alloc(32, 9).toString('base64')},${TEST_KEYS}`);
  const errors: unknown[] = [];
  await sealConnections(collections, rotated, (error) => errors.push(error));
  const target = (await storedConnection(collections, json.id))?.target ?? '';
  expect(target.startsWith(rotated.currentPrefix)).toBe(true);
  expect(JSON.parse(await rotated.decrypt(target))).toMatchObject(slack.target);
  await sealConnections(collections, testKeyring, (error) => errors.push(error));
  expect(errors.map(String)).toEqual([expect.stringContaining('SOC')]);
});
