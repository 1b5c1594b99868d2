/** Filters as a click on a value makes them: they find the record with this value, and nothing that has it elsewhere. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { findRecords } from '../../../src/store/search/find-records.js';
import { pageModule } from '../../support/page-module.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { storedDocument } from '../../support/search-records.js';
import { testDatabase } from '../../support/test-database.js';

const { termOf, narrowed } = await pageModule<{
  termOf: (path: string, value: unknown) => string | undefined;
  narrowed: (query: string, term: string, options?: { negated?: boolean }) => string;
}>('lib/query-text.js');

const collections = collectionsIn(testDatabase().db);

type Content = Readonly<Record<string, unknown>>;
/** A field with a value, and what records have that are not looked for. */
const CASES: readonly (readonly [stream: StreamName, path: string, value: unknown, others: readonly Content[]])[] = [
  ['receipt', 'destinationIp', '2001:DB8::1', [{ senderIp: '2001:db8::1' }, { destinationIp: '2001:db8::10' }]],
  ['receipt', 'destinationIp', '2001:db8:0:0:0:0:0:1', [{ sourceIp: '2001:db8::1', destinationIp: '2001:db8::2' }]],
  ['receipt', 'destinationIp', '64:ff9b::192.0.2.1', [{ senderIp: '64:ff9b::c000:201' }]],
  ['receipt', 'destinationIp', '::ffff:192.0.2.1', [{ senderIp: '192.0.2.1' }, { destinationIp: '192.0.2.10' }]],
  ['receipt', 'destinationIp', '::ffff:c000:201', [{ senderIp: '192.0.2.1' }]],
  ['receipt', 'destinationIp', '192.0.2.1', [{ senderIp: '192.0.2.1' }, { destinationIp: '192.0.2.11' }]],
  ['receipt', 'destinationIp', 'unknown', [{ destinationIp: '192.0.2.1' }]],
  [
    'receipt',
    'senderDomain',
    'bücher.example',
    [{ senderDomain: 'a.bücher.example' }, { senderHeader: 'a@bücher.example' }],
  ],
  ['receipt', 'senderDomain', 'XN--Bcher-kva.example', [{ senderDomain: 'evil.example' }]],
  ['receipt', 'senderDomain', 'evil.example.', [{ senderHeader: 'a@evil.example' }]],
  ['receipt', 'senderDomain', '*.evil.example', [{ senderDomain: 'mail.evil.example' }]],
  ['process', 'attachments', '"a, b.pdf", "c.doc"', [{ attachments: '"a, b.pdf"' }, { attachments: '"c.doc"' }]],
  ['process', 'attachments', '["a.pdf", "b.doc"]', [{ attachments: '["a.pdf"]' }, { attachments: '"a.pdf", "b.doc"' }]],
  ['process', 'attachments', '"a.pdf"', [{ attachments: '"b.pdf"' }]],
  ['process', 'attachments', 'report, final.pdf', [{ attachments: 'final.pdf' }]],
  ['process', 'attachments', 'a.pdf', [{ fileName: 'a.pdf' }, { attachments: 'aa.pdf' }]],
  [
    'process',
    'recipients',
    '"A" <a@x.com>, "B" <b@y.com>',
    [{ recipients: '"B" <b@y.com>' }, { recipients: '"A" <a@x.com>' }],
  ],
  ['process', 'recipients', 'a@x.com; b@y.com', [{ recipients: 'b@y.com' }, { senderHeader: 'a@x.com' }]],
  ['process', 'recipients', '<a@x.com>, undisclosed-recipients:;', [{ recipients: 'a@x.com' }]],
  ['process', 'recipients', '"Doe, A" <A@x.com>', [{ senderHeader: 'a@x.com' }]],
  ['process', 'recipients', '<>', [{ recipients: 'a@x.com' }]],
  ['url protect', 'url', 'https://[bad', [{ url: 'https://good.example/' }]],
  ['url protect', 'url', 'javascript:alert(1)', [{ url: 'https://good.example/alert(1)' }]],
  ['url protect', 'url', 'https://Evil.example/a?b=c:d#e', [{ url: 'https://evil.example/a' }]],
  ['receipt', 'messageId', '<A, b@x.com>', [{ messageId: '<b@x.com>' }]],
  ['receipt', 'aggregateId', 'aB-1_x', [{ messageId: '<aB-1_x>' }]],
  ['receipt', '-x', '1', [{ x: '1' }]],
  ['receipt', '!y', '1', [{ y: '1' }]],
  ['receipt', '+z', '1', [{ z: '1' }]],
  ['receipt', '&&a', '1', [{ a: '1' }]],
  ['receipt', '||b', '1', [{ b: '1' }]],
  ['receipt', 'NOT', '1', [{ AND: '1' }]],
  ['receipt', 'a:b (c) "d" [e] {f} <g> \\h/i', '1', [{ a: 'b' }]],
  ['receipt', 'email', 'a@x.com', [{ senderEnvelope: 'a@x.com' }]],
  ['receipt', 'message', 'not a message ID', [{ messageId: 'x' }]],
  ['receipt', 'ip', 'none', [{ senderIp: '192.0.2.1' }]],
  ['receipt', '_exists_', 'subject', [{ subject: 'x' }]],
  ['receipt', 'subject', 'say "a\\b" (c) AND d: e*?', [{ subject: 'say a b c' }]],
  ['receipt', 'subject', '-$^.*', [{ subject: 'x' }]],
  ['receipt', 'size', 1.7e21, [{ size: 17 }]],
  ['receipt', 'size', 1_234_567_890_123_456, [{ size: 1 }]],
  ['receipt', 'size', 0.1234567890123456, [{ size: 0.1 }]],
  ['receipt', 'flag', true, [{ flag: false }]],
];

beforeAll(async () => {
  await collections.ensureIndexes();
  for (const [at, [stream, path, value, others]] of CASES.entries()) {
    const documents = [{ [path]: value, role: 'this' }, ...others.map((other) => ({ ...other, role: 'other' }))].map(
      (content, number) => storedDocument(stream, { ...content, case: at, number }, 1, new Date(number)),
    );
    await raw(collections).records(stream).insertMany(documents);
  }
});

describe.each([
  ['by their indicators', true],
  ['by their fields, as long as some have no indicators', false],
])('records are found %s', (_, hasIndicators) => {
  test.each(CASES.map((one, at) => [one[1], one[2], at, one] as const))(
    '%s: %j',
    async (path, value, at, [stream, , , others]) => {
      const rolesOf = async (negated: boolean) => {
        const query = narrowed(`case:${at}`, termOf(path, value) ?? '', { negated });
        const search = { condition: parseQuery(query), streams: [stream], hasIndicators };
        const { items } = await findRecords(collections, search, { limit: 50, budgetMs: 60_000 });
        return items.map(({ document }) => document.role);
      };
      expect(await rolesOf(false)).toEqual(['this']);
      expect(await rolesOf(true)).toEqual(others.map(() => 'other'));
    },
  );
});
