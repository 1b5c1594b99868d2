/** What Compose lets mongosh do: the user of the programs, made and made again, on a mongod that asks for passwords. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';
import { type GuardedMongod, startGuardedMongod } from '../support/guarded-mongod.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = spawnSync('mongosh', ['--version']).error !== undefined;
if (isMissing)
  console.warn('mongosh is not on the PATH: the setup of MongoDB is not tried (npm install --global mongosh)');

const place = temporaryFolder();
let mongod: GuardedMongod;

beforeAll(async () => {
  mongod = await startGuardedMongod(place.path, () => []);
});
afterAll(async () => {
  await mongod.stop();
  place.remove();
});

function setUp(password: string) {
  const { host, password: ofAdmin } = new URL(mongod.uriOf('admin'));
  const script = join(projectRoot(), 'deploy/compose/mongodb-setup.js');
  return spawnSync('mongosh', ['--nodb', '--quiet', script], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...{ MONGODB_HOST: host, MONGODB_DB: 'mail', MONGODB_ADMIN_PASSWORD: ofAdmin, MONGODB_PASSWORD: password },
      MONGODB_ROLE_FILE: join(projectRoot(), 'deploy/mongodb/role.json'),
    },
  });
}

async function asPrograms<T>(password: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const url = new URL(mongod.uriOf('programs'));
  url.password = password;
  const client = new MongoClient(url.href);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

test.skipIf(isMissing)('the user has its rights, no others, and the password that was given last', async () => {
  for (const password of ['first', 'second']) {
    const { status, stderr } = setUp(password);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await asPrograms(password, async (client) => {
      await client.db('mail').collection('records').insertOne({ password });
      await expect(client.db('mail').dropDatabase()).rejects.toMatchObject({ codeName: 'Unauthorized' });
      await expect(client.db('other').collection('records').findOne()).rejects.toMatchObject({
        codeName: 'Unauthorized',
      });
    });
  }
  const withFirst = asPrograms('first', (client) => client.db('mail').collection('records').findOne());
  await expect(withFirst).rejects.toMatchObject({ codeName: 'AuthenticationFailed' });
});
