/** A source that may use its bucket, its queue and the bucket that it exports to by nothing but a role. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecords } from '../support/bucket-source.js';
import { MotoRoles, userArn } from '../support/moto-roles.js';
import { motoServer } from '../support/moto-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const server = motoServer();
const roles = new MotoRoles(() => server.endpoint);
const collections = collectionsIn(testDatabase().db);

test('is authenticated and collects by it, and fails where the role no longer trusts it', async () => {
  const [bucket, real] = [await server.newBucket(), await server.newQueue()];
  await bucket.put('receipt/1', ndjson(siemRecords(1, 3)));
  await real.notifiedBy(bucket);
  await bucket.put('receipt/2', ndjson(siemRecords(4, 6)));
  const keys = await roles.newUser('collector', 'assume');
  const trust = {
    Principal: { AWS: userArn('collector') },
    Condition: { StringEquals: { 'sts:ExternalId': 'agreed-on' } },
  };
  const roleArn = await roles.newRole('mail-logs', trust);
  const sourceWith = (externalId: string) =>
    bucketSource(collections, {
      ...{ endpoint: server.endpoint, bucket: bucket.name },
      s3: { ...keys, roleArn, externalId, queue: real.url },
      config: { dataCollection: 'siem', siemTypes: ['receipt'] },
    });
  const source = await sourceWith('agreed-on');
  const other = await sourceWith('something-else');
  await roles.enforced(async () => {
    expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
    await source.collect('receipt');
    await expect(other.run(({ authenticate }, id) => authenticate(id))).rejects.toThrow('not authorized to perform');
    await expect(other.collect('receipt')).rejects.toThrow('not authorized to perform: sts:AssumeRole');
  });
  expect(await source.stored('receipt')).toHaveLength(6);
  expect(await real.counts()).toEqual({ waiting: 0, inFlight: 0 });
});
