import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { type RunningMongod, startMongod } from '../../devstack/mongod.js';
import { choosePort } from '../../src/runtime/ports.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const running: RunningMongod[] = [];
let executable: string;

beforeAll(async () => {
  ({ mongod: executable } = await findExecutables(['mongod']));
});
afterAll(async () => {
  await Promise.all(running.map((mongod) => mongod.stop()));
  folder.remove();
});

async function start(port?: number, progress: string[] = []): Promise<RunningMongod> {
  const mongod = await startMongod({
    executable,
    dataDir: join(folder.path, 'mongod'),
    logFile: join(folder.path, 'mongod.log'),
    port: port ?? (await choosePort(0)),
    onProgress: (text) => void progress.push(text),
  });
  running.push(mongod);
  return mongod;
}

async function inTransaction(uri: string, name: string): Promise<string[]> {
  const client = new MongoClient(uri);
  try {
    const things = client.db('test').collection<{ name: string }>('things');
    await client.withSession((session) => session.withTransaction(() => things.insertOne({ name }, { session })));
    return (await things.find().toArray()).map((thing) => thing.name);
  } finally {
    await client.close();
  }
}

test('keeps its data on the next port, after a stop and after a kill', async () => {
  const first = await start();
  expect(await inTransaction(first.uri, 'one')).toEqual(['one']);
  await first.stop();

  const second = await start();
  expect(second.port).not.toBe(first.port);
  expect(await inTransaction(second.uri, 'two')).toEqual(['one', 'two']);
  process.kill(second.pid, 'SIGKILL');
  expect((await second.exited).stopped).toBe(false);

  const third = await start(second.port);
  expect(await inTransaction(third.uri, 'three')).toEqual(['one', 'two', 'three']);
  await third.stop();
});

test('waits for the mongod of an owner that was just killed', async () => {
  const before = await start();
  const progress: string[] = [];
  const next = start(undefined, progress);
  await before.stop();
  await (await next).stop();
  expect(progress).toEqual([expect.stringContaining(`process ${before.pid}`)]);
});

test('a port that was asked for and is busy is an error', async () => {
  const mongod = await start();
  const options = { executable, dataDir: join(folder.path, 'other'), logFile: join(folder.path, 'other.log') };
  await expect(startMongod({ ...options, port: mongod.port })).rejects.toThrow(`port ${mongod.port} on 127.0.0.1`);
});

test('what keeps it from starting is in the message', async () => {
  const options = { executable: 'false', dataDir: join(folder.path, 'false'), logFile: join(folder.path, 'false.log') };
  await expect(startMongod(options)).rejects.toThrow('mongod ended unexpectedly (exit code 1)');
});
