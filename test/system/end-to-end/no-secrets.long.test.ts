/**
 * The whole life of a source with the real programs at their most talkative, and then no secret in clear anywhere: in what
 * MongoDB holds, in Temporal's database and histories, in what the programs have written and answered.
 *
 * MongoDB's files are searched, too; it is told not to compress them. Whatever it should compress all the same is
 * searched as documents and as operations of the oplog, which also has what was replaced or deleted.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/simulator.js';
import { call } from '../../support/api-server.js';
import { findAll, formsOf, formsOfBytes, type Place } from '../../support/byte-search.js';
import { sourceFile } from '../../support/e2e-stack.js';
import { type EchoingProxy, echoingProxy } from '../../support/echoing-proxy.js';
import { type ProgramStack, startProgramStack } from '../../support/program-stack.js';
import { runCli } from '../../support/run-cli.js';
import { changeTenant } from '../../support/simulator-control.js';
import { documentsOf, filesBelow, operationsOf, payloadsOf } from '../../support/stored-bytes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

/** What has to be found by the same search: the name of the source, and of the database. */
const MARKER = `marker${randomBytes(6).toString('hex')}`;
const secret = (name: string) => `${randomBytes(9).toString('hex')} "${name}" +/&%<ü>\\`;
/** The whole, and so much of its beginning that it can be nothing else: messages may quote a part. */
const partsOf = (text: string) => [...formsOf(text), Buffer.from(text.slice(0, 9))];
const SECRETS = {
  right: secret('right'),
  wrong: secret('wrong'),
  newer: secret('newer'),
  misplaced: secret('misplaced'),
  ofTheCommandLine: secret('cli'),
};
const KEYS = { first: randomBytes(32), second: randomBytes(32) };
const keyText = (name: keyof typeof KEYS) => `${name}:${KEYS[name].toString('base64')}`;
const LIMIT = { everyMs: 100 };

interface Snapshot {
  readonly state: string;
  readonly snapshot?: { readonly version: number; readonly restarts: number };
}

const folder = temporaryFolder();
const accessKeys: string[] = [];
/** All that the API and the command line have answered, but for new keys, which they tell once. */
const answers: Place[] = [];
let simulator: Simulator;
let proxy: EchoingProxy;
let stack: ProgramStack;
let admin: Parameters<typeof call>[0]['admin'];
let source = '';

beforeAll(async () => {
  simulator = await startSimulator({ historyMs: 600_000, historyRate: 20, rate: 0 });
  proxy = await echoingProxy(simulator.url);
  await changeTenant(simulator, { clientSecret: SECRETS.right });
  stack = await startProgramStack({ folder: folder.path, database: MARKER, secretKeys: keyText('first') });
  admin = await newKey('keys', 'create', '--json');
});

afterAll(async () => {
  await stack?.stop();
  await proxy?.close();
  await simulator?.close();
  folder.remove();
});

async function newKey(...args: readonly string[]): Promise<typeof admin> {
  const key = JSON.parse((await stack.cli(...args)).stdout) as typeof admin;
  accessKeys.push(key.accessKey);
  return key;
}

const fileWith = (clientSecret: unknown, more = {}) =>
  sourceFile(simulator, { name: MARKER, baseUrl: proxy.url, pollInterval: '1s', clientSecret, ...more });

async function api<T>(method: string, path: string, body?: unknown, expected = 200): Promise<T> {
  const answer = await call<T>({ url: stack.serverUrl, admin }, method, `v1/${path}`, { body });
  answers.push({ name: `answer to ${method} ${path}`, bytes: Buffer.from(answer.text) });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: expected });
  return answer.json;
}

async function cli(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await stack.cli(...args);
  answers.push({ name: `output of ${args[0]} ${args[1]}`, bytes: Buffer.from(`${stdout}\n${stderr}`) });
  return stdout + stderr;
}

const fileOf = (name: string, content: unknown): string => {
  const path = join(folder.path, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const snapshotWith = (wanted: (text: string, seen: Snapshot) => boolean) =>
  until(
    () => api<Snapshot>('GET', `${source}/snapshot`),
    (seen) => wanted(JSON.stringify(seen), seen),
    LIMIT,
  );
const inState = (state: string) => snapshotWith((_, seen) => seen.state === state);

/** Waits for the configuration that a change has led to. */
async function change(clientSecret: unknown, more = {}): Promise<void> {
  const { source: changed } = await api<{ source: { version: number } }>('PUT', source, fileWith(clientSecret, more));
  await snapshotWith((_, { snapshot }) => snapshot?.version === changed.version);
}

test('a whole life, with all that can go wrong with a secret', async () => {
  const { collector } = await api<{ collector: { id: number } }>('POST', 'collectors', {
    collector: { collectorType: 'Hosted', name: 'Lab' },
  });
  const sources = `collectors/${collector.id}/sources`;
  const created = await api<{ source: { id: number } }>('POST', sources, fileWith(SECRETS.right));
  source = `${sources}/${created.source.id}`;
  await inState('Collecting');

  await change(SECRETS.wrong);
  await inState('Error');
  const health = async () => JSON.stringify(await api('GET', `${source}/healthEvents`));
  expect(await health()).toContain('ThirdPartyConfigError');
  await api('POST', `${sources}/validate`, fileWith(SECRETS.wrong, { name: 'Other' }));

  // A host that repeats what it is sent: the form, and then the header of the other calls.
  proxy.echoes = 'token';
  await api('POST', `${sources}/validate`, fileWith(SECRETS.right, { name: 'Other' }));
  await change(SECRETS.right);
  await snapshotWith((text) => text.includes('client_secret=********'));
  await until(health, (text) => text.includes('client_secret=********'), LIMIT);
  proxy.echoes = 'nothing';
  await api('POST', `${source}/action/restart`);
  await inState('Collecting');
  proxy.echoes = 'calls';
  await snapshotWith((text) => text.includes('Bearer ********'));
  proxy.echoes = 'nothing';
  await api('POST', `${source}/action/restart`);
  await snapshotWith((text, { state }) => state === 'Collecting' && !text.includes('"problem"'));

  await changeTenant(simulator, { clientSecret: SECRETS.newer });
  await change(SECRETS.newer);
  await inState('Collecting');
  await change('********', { pollInterval: '2s' });
  await inState('Collecting');
  await api('POST', `${sources}/validate`, { source: { ...fileWith('********').source, id: created.source.id } });
});

test('what is refused', async () => {
  const sources = source.replace(/\/\d+$/, '');
  const { misplaced } = SECRETS;
  const keys = { secret_key: misplaced, application_key: misplaced, clientSecrets: misplaced, secret: misplaced };
  for (const wrong of [
    fileWith([misplaced]),
    fileWith({ value: misplaced }),
    fileWith(`${misplaced}${'x'.repeat(2_000)}`),
    fileWith('x', { baseUrl: `https://user:${encodeURIComponent(misplaced)}@api.example` }),
    fileWith('x', { baseUrl: `https://api.example/?secret=${encodeURIComponent(misplaced)}` }),
    fileWith('x', keys),
    fileWith('x', {
      client_secret: misplaced,
      'client-secret': { a: misplaced },
      filters: { clientSecret: misplaced },
    }),
  ]) {
    await api('POST', sources, wrong, 400);
    await api('PUT', source, wrong, 400);
  }
  await cli('start', fileOf('wrong.json', fileWith({ value: misplaced }, keys)));
  for (const body of [
    `{"clientSecret": x${misplaced}`,
    JSON.stringify(misplaced),
    `{"source": ${JSON.stringify(misplaced)}}`,
  ])
    await api('POST', sources, body, 400);
  const broken = fileOf('broken.json', `{"clientSecret": x${misplaced}`);
  for (const args of [
    ['start', broken],
    ['rules', 'test', broken, '--records', broken],
  ]) {
    expect(await cli(...args)).toMatch(/is not JSON/);
  }
  const { accessId: MIMECAST_ACCESS_ID, accessKey: MIMECAST_ACCESS_KEY } = admin;
  const address = `http://user:${encodeURIComponent(misplaced)}@127.0.0.1:1`;
  const { stderr } = await runCli({ MIMECAST_ACCESS_ID, MIMECAST_ACCESS_KEY }, '--server', address, 'list');
  expect(stderr).toContain('without user and password');
  answers.push({ name: 'output of list', bytes: Buffer.from(stderr) });
});

test('the command line', async () => {
  const rules = fileOf('rules.json', fileWith(SECRETS.ofTheCommandLine, { filters: [] }));
  expect(await cli('rules', 'test', rules, '--records', fileOf('records.ndjson', '{"a":1}\n'))).toContain('1');
  const started = await cli(
    'start',
    fileOf('cli.json', fileWith(SECRETS.ofTheCommandLine, { name: 'Second' })),
    '--json',
  );
  expect(started).toContain('"created": true');
  expect(await cli('start', rules, '--collector', 'Lab')).toContain('already running');
  const id = source.replace(/.*\//, '');
  for (const args of [
    ['verify', id, '--stream', 'audit'],
    ['backfill', id, '--stream', 'audit'],
    ['status', id],
    ['health', 'Second'],
    ['list'],
  ])
    await cli(...args);
  expect(await cli('stop', 'Second', '--remove')).toContain('Deleted');
});

test('new access keys, and new keys for the stored secrets', async () => {
  const made = await call<{ id: string; key: string }>({ url: stack.serverUrl, admin }, 'POST', 'v1/accessKeys', {
    body: { role: 'viewer', label: MARKER },
  });
  accessKeys.push(made.json.key);
  const other = { MIMECAST_ACCESS_ID: made.json.id, MIMECAST_ACCESS_KEY: made.json.key };
  for (const args of [['list'], ['keys', 'list']]) {
    const { stdout, stderr } = await runCli(other, '--server', stack.serverUrl, ...args);
    answers.push({ name: `output of ${args.join(' ')}`, bytes: Buffer.from(stdout + stderr) });
  }
  expect(await cli('keys', 'delete', made.json.id)).toContain('deleted');
  await api('GET', 'accessKeys');

  await stack.replaceWorker(`${keyText('second')},${keyText('first')}`);
  const mongo = await MongoClient.connect(stack.mongodbUri);
  const stored = () => mongo.db(MARKER).collection('sources').findOne({ name: MARKER });
  const kid = Buffer.from('"kid":"second"');
  await until(
    stored,
    (found) => Buffer.from(String(found?.secret).split('.')[0] ?? '', 'base64url').includes(kid),
    LIMIT,
  );
  await mongo.close();
  await api('POST', `${source}/action/restart`);
  await inState('Collecting');
});

test('no secret is anywhere, and the same search finds what is there', async () => {
  const history: Place[] = [];
  const connection = await Connection.connect({ address: stack.temporalAddress });
  for await (const place of payloadsOf(new Client({ connection }))) history.push(place);
  await connection.close();
  await api('DELETE', source);
  await until(
    () => api<{ sources: unknown[] }>('GET', 'sources'),
    ({ sources }) => sources.length === 0,
    LIMIT,
  );
  await api('GET', 'auditTrail');
  await stack.stopPrograms();

  const mongo = await MongoClient.connect(stack.mongodbUri);
  const documents: Place[] = [];
  for await (const place of documentsOf(mongo.db(MARKER))) documents.push(place);
  for await (const place of operationsOf(mongo)) documents.push(place);
  await mongo.close();
  await stack.stop();

  const wanted = {
    ...Object.fromEntries(Object.entries(SECRETS).map(([name, text]) => [`secret "${name}"`, partsOf(text)])),
    ...Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [`key "${name}"`, formsOfBytes(key)])),
    ...Object.fromEntries(accessKeys.map((key, index) => [`access key ${index}`, formsOf(key)])),
    ...Object.fromEntries([...proxy.tokens].map((token, index) => [`token ${index}`, formsOf(token)])),
  };
  expect(Object.keys(wanted).length).toBeGreaterThan(10);
  const files = [stack.mongodFolder, stack.temporalFolder, stack.logFolder].flatMap((path) => [...filesBelow(path)]);
  expect(await findAll([...documents, ...history, ...files, ...answers], wanted)).toEqual([]);

  const marked = await findAll([...documents, ...history, ...files, ...answers], { marker: formsOf(MARKER) });
  const wantedPlaces = [
    ...[/in collection audit_trail$/, /in oplog$/, /mongodb\/collection-.*\.wt$/, /mongodb\/journal\//],
    ...[/in history of mimecast-source-\d+$/, /temporal\/temporal\.db/],
    ...[/logs\/worker\.log$/, /logs\/server\.log$/, /logs\/mongod\.log$/, /in answer to GET /, /in output of list/],
  ];
  expect(wantedPlaces.filter((pattern) => !marked.some((place) => pattern.test(place)))).toEqual([]);
  expect(readFileSync(join(stack.logFolder, 'worker.log'), 'utf8')).toContain('client_secret=********');
});
