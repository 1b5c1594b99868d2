/** A real mongod that asks for a password, with users made before. */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import { awaitReady } from '../../devstack/await-ready.js';
import { findExecutables } from '../../devstack/executables.js';
import { spawnGuarded } from '../../devstack/guarded-process.js';
import { startMongod } from '../../devstack/mongod.js';
import { REPLICA_SET } from '../../devstack/replica-set.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { until } from './until.js';

export interface GuardedMongod {
  /** Of a user that was made. */
  uriOf(user: string): string;
  stop(): Promise<void>;
}

const password = randomBytes(12).toString('hex');
const ADMIN = { createUser: 'admin', pwd: password, roles: ['root'] };

/** @param commands for the database `admin`, such as `createUser`; the password of all is the same. */
export async function startGuardedMongod(
  folder: string,
  commands: (password: string) => readonly Document[],
): Promise<GuardedMongod> {
  const { mongod: executable } = await findExecutables(['mongod']);
  const [dataDir, logFile, port] = [join(folder, 'mongodb'), join(folder, 'mongod.log'), await choosePort(0)];
  const open = await startMongod({ executable, dataDir, port, logFile });
  await withAdmin(open.uri, async (admin) => {
    for (const command of [ADMIN, ...commands(password)]) await admin.command(command);
  }).finally(() => open.stop());
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, randomBytes(96).toString('base64'), { mode: 0o600 });
  const place = ['--dbpath', dataDir, '--port', String(port), '--bind_ip', LOOPBACK, '--replSet', REPLICA_SET];
  const server = await spawnGuarded(executable, [...place, '--nounixsocket', '--quiet', '--keyFile', keyFile], {
    ...{ name: 'mongod', logFile },
  });
  const uriOf = (user: string) =>
    `mongodb://${user}:${password}@${LOOPBACK}:${port}/?authSource=admin&replicaSet=${REPLICA_SET}&directConnection=true`;
  const check = () =>
    withAdmin(uriOf('admin'), async (admin) => {
      await until(
        () => admin.command({ hello: 1 }),
        ({ isWritablePrimary }) => isWritablePrimary === true,
      );
    });
  await awaitReady(server, { ports: [port], check });
  return { uriOf, stop: () => server.stop() };
}

async function withAdmin(uri: string, work: (admin: ReturnType<MongoClient['db']>) => Promise<void>): Promise<void> {
  const client = new MongoClient(uri);
  try {
    await work(client.db('admin'));
  } finally {
    await client.close();
  }
}
