/** Rules against audit texts as Mimecast writes them, from the wire to the store, and as `rules test` sees them. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testRules } from '../../src/cli/rules.js';
import { ruleStatusOf } from '../../src/store/rule-matches.js';
import { collectorDatabase } from '../support/collector-database.js';
import { serve } from '../support/local-server.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource } from '../support/simulated-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const collections = collectorDatabase();
const TIME = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, '+0000');
const rowOf = (eventInfo: string) =>
  `{"auditType":"User Logged On","category":"authentication_logs","eventInfo":"${eventInfo}","eventTime":"${TIME}","id":"eNq-1","user":"me@example.com"}`;

const RECEIVED = String.raw`SSO for me@example.com \u003cLast, First\u003e, Method: IdP`;
const SHOWN = 'SSO for me@example.com <Last, First>, Method: IdP';
const rule = (filterType: string, regexp: string) => ({ filterType, name: `${filterType} ${regexp}`, regexp });
const MASK = { ...rule('Mask', '<([^>]+)>'), mask: 'hidden' };

async function collected(filters: readonly object[], eventInfo = RECEIVED) {
  const server = await serve(({ path }, response) => {
    if (path === '/oauth/token') response.end('{"access_token":"t","expires_in":1800}');
    else response.end(`{"data":[${path.includes('audit') ? rowOf(eventInfo) : ''}]}`);
  });
  const source = await simulatedSource(collections, { config: { baseUrl: server.url, filters } });
  await source.collectAll('audit');
  return { source, documents: await raw(collections).records('audit').find({ _sourceId: source.id }).toArray() };
}

async function tested(filters: readonly object[], eventInfo: string) {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const [rules, records] = [join(folder.path, 'rules.json'), join(folder.path, 'records.ndjson')];
  await writeFile(rules, JSON.stringify(filters));
  await writeFile(records, rowOf(eventInfo));
  return testRules(rules, records);
}

describe.each([
  ['as received', RECEIVED],
  ['as people see it', SHOWN],
])('a text %s', (_, eventInfo) => {
  test('is masked as people see it, and `rules test` says the same', async () => {
    const { documents } = await collected([MASK], eventInfo);
    expect(documents).toMatchObject([{ eventInfo: 'SSO for me@example.com <hidden>, Method: IdP' }]);
    expect(JSON.stringify(documents)).not.toContain('First');
    const { changed, rules, examples } = await tested([MASK], eventInfo);
    expect([changed, rules]).toEqual([1, [expect.objectContaining({ records: 1, occurrences: 1 })]]);
    expect(JSON.parse(examples[0]?.after ?? '')).toMatchObject({ eventInfo: documents[0]?.eventInfo });
  });

  test.each([
    ['Exclude', 0],
    ['Include', 1],
  ])('an %s of it matches', async (filterType, kept) => {
    const filters = [rule(filterType, '.*<Last, First>.*')];
    const { documents } = await collected(filters, eventInfo);
    expect(documents).toHaveLength(kept);
    expect(await tested(filters, eventInfo)).toMatchObject({ excluded: 1 - kept, rules: [{ records: 1 }] });
  });
});

test('what a mask hides is in none of what is kept of a record that a document cannot hold', async () => {
  const { documents } = await collected([MASK], String.raw`${RECEIVED} \ud800","x":1,"x":"\u003cMiddle\u003e`);
  expect(documents).toMatchObject([{ _received: { changes: ['loneSurrogate', 'repeatedKey'] } }]);
  expect(JSON.stringify(documents)).not.toMatch(/Last|First|Middle/);
});

test('which rules match is noted', async () => {
  const filters = [MASK, rule('Mask', '(nowhere)'), rule('Include', '.*SSO.*'), rule('Include', '.*IdP.*')];
  const { source } = await collected(filters);
  const texts = filters.map(({ name, filterType, regexp }) => ({ name, filterType, regexp }));
  const known = await ruleStatusOf(collections, source.id, texts);
  // Each window of the test's server has the record.
  expect(known.map(({ name, records }) => [name, records > 0])).toEqual(
    filters.map(({ name, regexp }) => [name, regexp !== '(nowhere)']),
  );
});
