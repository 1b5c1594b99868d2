import { join } from 'node:path';
import { MongoError } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { startMongod } from '../../devstack/mongod.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { openDatabase } from '../../src/store/database.js';
import { databaseOf } from '../support/raw-collections.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

test('a MongoDB that is away when it is first asked is used as soon as it is there', async () => {
  const port = await choosePort(0);
  const uri = `mongodb://${LOOPBACK}:${port}/?directConnection=true`;
  const database = openDatabase({ uri, name: 'late', serverSelectionTimeoutMs: 100 });
  onTestFinished(() => database.close());
  const ask = () =>
    databaseOf(database)
      .collection('sources')
      .countDocuments()
      .catch((error: unknown) => error);
  for (let times = 0; times < 3; times += 1) expect(await ask()).toBeInstanceOf(MongoError);

  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const { mongod: executable } = await findExecutables(['mongod']);
  const dataDir = join(folder.path, 'data');
  const mongod = await startMongod({ executable, dataDir, port, logFile: join(folder.path, 'mongod.log') });
  onTestFinished(() => mongod.stop());
  expect(await until(ask, (answer) => !(answer instanceof Error))).toBe(0);
});
