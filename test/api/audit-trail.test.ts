/** `/auditTrail`: the chain of its entries, and what is noted of searches and exports. */

import { expect, test } from 'vitest';
import { auditCommand, verificationText } from '../../src/cli/audit.js';
import { apiClientOf } from '../../src/cli/services/api-client.js';
import { localDetections, localIndicators } from '../../src/cli/services/local-reads.js';
import { LocalSearch } from '../../src/cli/services/local-search.js';
import { RemoteAudit } from '../../src/cli/services/remote-audit.js';
import { headText } from '../../src/store/audit-chain.js';
import { verifyTrail } from '../../src/store/audit-verification.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn, raw, withMethods } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

const entriesOf = (action: string) => raw(collections).auditTrail.find({ action }).sort({ _id: 1 }).toArray();

interface Verification {
  readonly isIntact: boolean;
  readonly head: string;
  readonly breaks: readonly string[];
}
const verify = (query = '', more = {}) => api<Verification>('GET', `v1/auditTrail/verification${query}`, more);

const range = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };

test.each<[string, string, string, object | undefined, object]>([
  ['search', 'POST', 'v1/search', { query: 'a', limit: 5 }, { query: 'a' }],
  ['search.histogram', 'POST', 'v1/search/histogram', { query: 'b', ...range }, { query: 'b', ...range }],
  ['search.values', 'POST', 'v1/search/values', { query: 'c', field: 'subject' }, { query: 'c', field: 'subject' }],
  ['search.export', 'POST', 'v1/search/export', { query: 'd', format: 'csv' }, { query: 'd', format: 'csv' }],
  ['search.export', 'GET', 'v1/search/export?query=e', undefined, { query: 'e', format: 'ndjson' }],
  ['indicators.search', 'POST', 'v1/iocSearch', { indicators: 'evil.example.com' }, { indicators: 'evil.example.com' }],
  ['detections.search', 'GET', 'v1/detections?recipient=f', undefined, { recipient: 'f' }],
  ['detections.export', 'GET', 'v1/detections/export?sender=g', undefined, { sender: 'g' }],
])('%s is noted with who asked for what: %s %s', async (action, method, path, body, asked) => {
  const key = get().viewer;
  const answer = await api(method, path, { key, body });
  expect({ status: answer.status, text: answer.status === 200 ? '' : answer.text }).toEqual({ status: 200, text: '' });
  const noted = (await entriesOf(action)).at(-1);
  expect(noted).toMatchObject({ actor: key.accessId, outcome: 'done', to: asked });
  expect(Object.keys(noted?.to ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/limit|token|timeout/)]),
  );
});

test('what is seen of a source is in its history', async () => {
  await api('GET', 'v1/collectors/7/sources/9/quarantine');
  expect((await entriesOf('source.quarantine.read')).at(-1)).toMatchObject({ collectorId: 7, sourceId: 9 });
});

test('a record is read, with what is around it, with a note', async () => {
  const [collection, id] = ['mimecast_receipt_logs_v2', '0'.repeat(32)];
  for (const [path, action] of [
    ['', 'record.read'],
    ['/story', 'record.story'],
    ['/around?minutes=1440', 'record.around'],
  ]) {
    await api('GET', `v1/records/${collection}/${id}${path}`);
    expect((await entriesOf(`${action}`)).at(-1)).toMatchObject({ to: { collection, id } });
  }
});

test('only administrators see who has searched for what', async () => {
  await api('POST', 'v1/search', { body: { query: 'under investigation' } });
  const seenBy = async (key: { readonly accessId: string; readonly accessKey: string }) =>
    (await api('GET', 'v1/auditTrail', { key })).text.includes('under investigation');
  expect(await seenBy(get().admin)).toBe(true);
  expect(await seenBy(get().viewer)).toBe(false);
});

test('what is refused before it is read is not noted', async () => {
  const before = await raw(collections).auditTrail.countDocuments();
  expect((await api('POST', 'v1/search', { key: null, body: { query: 'nobody' } })).status).toBe(401);
  expect((await api('POST', 'v1/search', { body: { query: 7 } })).status).toBe(400);
  expect(await raw(collections).auditTrail.countDocuments()).toBe(before);
});

test('the same question again, such as for its next page, is noted once, and another one is another', async () => {
  const count = async () => (await entriesOf('search')).length;
  const before = await count();
  await api('POST', 'v1/search', { body: { query: 'paged' } });
  for (const token of ['x', 'y']) await api('POST', 'v1/search', { body: { query: 'paged', token } });
  expect(await count()).toBe(before + 1);
  await api('POST', 'v1/search', { body: { query: 'other', token: 'x' } });
  await api('POST', 'v1/search', { body: { query: 'paged', token: 'x' }, key: get().viewer });
  await api('POST', 'v1/search', { body: { query: 'paged', limit: 7 } });
  expect(await count()).toBe(before + 3);
});

test('of a long list its beginning is noted, and its hash', async () => {
  const indicators = Array.from({ length: 2_000 }, (_, at) => `host${at}.example.com`).join('\n');
  expect((await api('POST', 'v1/iocSearch', { body: { indicators } })).status).toBe(200);
  const { to } = (await entriesOf('indicators.search')).at(-1) ?? {};
  expect(to).toEqual({
    begin: expect.stringMatching(/^\{"indicators":"host0\.example\.com/),
    length: expect.any(Number),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('nothing is searched that cannot be noted', async () => {
  const insertOne = () => Promise.reject(new Error('no note'));
  const failing = withMethods(collections, /^audit_trail$/, () => ({ insertOne }));
  await expect(new LocalSearch(failing).page({ query: 'x' }, { limit: 1 })).rejects.toThrow('no note');
  await expect(localDetections(failing).page({}, { limit: 1 })).rejects.toThrow('no note');
});

test('commands leave the same notes', async () => {
  await new LocalSearch(collections).page({ query: 'of a command' }, { limit: 1 });
  await localDetections(collections).page({ recipient: 'of a command' }, { limit: 1 });
  await localIndicators(collections).search({ indicators: 'command.example.com', limit: 10, skip: 0 });
  for (const [action, to] of [
    ['search', { query: 'of a command' }],
    ['detections.search', { recipient: 'of a command' }],
    ['indicators.search', { indicators: 'command.example.com' }],
  ] as const)
    expect((await entriesOf(action)).at(-1)).toMatchObject({ actor: 'cli', to });
});

test('the chain is shown, and checked for administrators', async () => {
  await api('POST', 'v1/fields', { body: { fieldName: 'chained' } });
  const { json } = await api<{ data: { links: { seq: number; prev: string; hash: string }[] }[] }>(
    'GET',
    'v1/auditTrail?limit=2',
  );
  const [newest, before] = json.data;
  expect(newest?.links[0]?.prev).toBe(before?.links.at(-1)?.hash);
  const { json: found } = await verify();
  expect(found).toMatchObject({ isIntact: true, breaks: [] });
  const { seq, hash } = newest?.links.at(-1) ?? {};
  expect(found.head).toBe(`${seq}:${hash}`);
  expect((await verify('', { key: get().viewer })).status).toBe(403);
  expect((await verify('?since=1:2')).status).toBe(400);
  expect((await verify(`?since=${found.head}`)).json).toMatchObject({ isIntact: true, head: found.head });
});

test('the command says the same, at hand and through the server', async () => {
  const { url, admin } = get();
  const env = { MIMECAST_ACCESS_ID: admin.accessId, MIMECAST_ACCESS_KEY: admin.accessKey };
  const remote = new RemoteAudit(apiClientOf(url, env));
  const [here, there] = [await verifyTrail(collections), await remote.verify({})];
  expect(there).toEqual(here);
  expect(verificationText(here)).toBe(
    `The audit trail is intact: ${here.entries} entries checked.\nHead: ${headText(here.head)}`,
  );
  expect(await remote.verify({ since: here.head })).toMatchObject({ isIntact: true, entries: here.entries });
  expect(await remote.verify({ after: here.head })).toMatchObject({ isIntact: true, entries: 0 });
  await raw(collections).auditTrail.updateOne({ 'links.seq': 1 }, { $set: { actor: 'nobody' } });
  const meddled = await remote.verify({});
  expect(meddled).toMatchObject({ isIntact: false, breaks: [expect.stringContaining('was changed')] });
  expect(verificationText({ ...meddled, earlier: 3 })).toMatch(
    /^The audit trail was meddled with: .*\n {2}Entry .* was changed\.\n3 older entries .*\nHead: /,
  );
  await expect(remote.verify({ since: { ...here.head, hash: 'f'.repeat(64) } })).resolves.toMatchObject({
    isIntact: false,
  });
});

test('wrong usage of the command is told', async () => {
  const command = auditCommand(async () => Promise.reject(new Error('not called')));
  const [verifying] = command.commands;
  verifying?.exitOverride().configureOutput({ writeErr: () => undefined });
  await expect(command.parseAsync(['verify', '--since', 'x'], { from: 'user' })).rejects.toThrow(
    'It must be a head that "audit verify" has printed.',
  );
});
