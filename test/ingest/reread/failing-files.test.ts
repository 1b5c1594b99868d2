/** A file that the store cannot hand out holds up its page, but not its other files, whoever reads them. */

import { expect, test } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { FileApi, gzipOf, linesOf } from '../../support/file-api.js';
import { raw } from '../../support/raw-collections.js';

const collections = collectorDatabase();
const NAMES = ['f1', 'f2', 'f3'];

test.each(['verify', 'backfill'] as const)('%s', async (kind) => {
  const api = await FileApi.open();
  api.pages.set(undefined, { files: NAMES, next: 'end', isCaughtUp: true });
  for (const name of NAMES) api.files.set(name, gzipOf(...linesOf(name, 2)));
  const source = await api.source(collections);
  await source.collectAll('av');
  await raw(collections).records('av').deleteMany({ _sourceId: source.id });
  const file = api.files.get('f2') ?? 0;
  api.files.set('f2', 503);
  api.downloaded.length = 0;
  const range = {
    kind,
    run: `failing files of a ${kind}`,
    from: new Date(0).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
  };
  const reread = () => source.run((activities, id) => activities.reread(id, 'av', range));

  await expect(reread()).rejects.toMatchObject({ facts: { origin: 'file', status: 503 } });
  expect(new Set(api.downloaded)).toEqual(new Set(NAMES));

  api.files.set('f2', file);
  api.downloaded.length = 0;
  expect(await reread()).toMatchObject({
    done: true,
    counts: { read: 6, missing: 6, restored: kind === 'verify' ? 0 : 6, unreadFiles: 0 },
  });
  expect(api.downloaded).toEqual(['f2']);
});
