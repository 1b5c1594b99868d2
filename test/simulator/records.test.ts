import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { streamOfName } from '../../simulator/given/names.js';
import { startSimulator } from '../../simulator/simulator.js';
import { Client, counted, download, NOON, start } from './client.js';

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-records-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function linesPerFile(client: Client, type: string): Promise<string[][]> {
  return Promise.all([...(await client.files(type)).values()].map(download));
}

test.each([
  ['receipt', 'receipt'],
  ['receipt.ndjson.gz', 'receipt'],
  ['url protect', 'url protect'],
  ['url_protect-2025.ndjson', 'url protect'],
  ['Internal-Email-Protect_1.json', 'internal email protect'],
  ['mimecast_journal_logs_v2.ndjson', 'journal'],
  ['mimecast_held_messages', 'hold'],
  ['jrnl_0001.ndjson', 'journal'],
  ['ttp_3.ndjson.gz', 'mixed'],
  ['audit', 'audit'],
  ['receipts.ndjson', undefined],
  ['protect.ndjson', undefined],
])('the name %s says %s', (name, stream) => {
  expect(streamOfName(name)).toBe(stream);
});

const RECORD = { timestamp: 0, aggregateId: 'a' };

describe('given records', () => {
  const odd = [
    '{"timestamp":0, "aggregateId":"a","n": 1.0,"s":"\\u00e9 é 🎉"}',
    '{ "n":12345678901234567890 }',
    'not json at all',
    `{"long":"${'x'.repeat(200_000)}"}`,
  ];

  test('are served byte for byte, plain or gzipped, with any line ends', async () => {
    const gzipped = Buffer.concat([gzipSync(`${odd[0]}\n${odd[1]}`), gzipSync(`\n\n${odd[2]}\r\n${odd[3]}`)]);
    const records = folderOf({ 'receipt.ndjson.gz': gzipped, 'spam/part-1.ndjson': `${odd.join('\r\n')}\r\n` });
    const client = await start({ records, historyMs: 0 });
    expect(await linesPerFile(client, 'receipt')).toEqual([odd]);
    expect(await linesPerFile(client, 'spam')).toEqual([odd]);
    const { lines } = (await client.truth()).tenants.C0A1?.streams.receipt ?? {};
    expect(lines?.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(counted(odd));
  });

  test('are split into files, identical lines into the same', async () => {
    const letters = ['a', 'b', 'c', 'a', 'd', 'e', 'b', 'b', 'f', 'a', 'f'].map((text) =>
      JSON.stringify({ ...RECORD, text }),
    );
    const first = letters.slice(0, 5).join('\n');
    const records = folderOf({ 'av-1.ndjson': first, 'av-2.ndjson': letters.slice(5).join('\n') });
    const client = await start({ records, historyMs: 0, linesPerFile: 2 });
    const files = await linesPerFile(client, 'av');
    const text = files.map((lines) => lines.map((line) => (JSON.parse(line) as { text: string }).text).join(''));
    expect(text).toEqual(['ababba', 'cd', 'eff']);
  });

  test('of `ttp` files go where their type says', async () => {
    const types = ['url protect', 'attachment protect', 'impersonation protect', 'internal email protect'];
    const lines = types.map((type, at) => JSON.stringify({ ...RECORD, [at % 2 ? 'type' : 'eventType']: type }));
    const client = await start({ records: folderOf({ 'ttp.ndjson': lines.join('\n') }), historyMs: 0 });
    for (const [at, type] of types.entries()) expect(await linesPerFile(client, type)).toEqual([[lines[at]]]);
  });

  test('of the other endpoints are served as compact JSON, at their own time if it is of the last day', async () => {
    const recent = '{"id": "1", "eventTime": "2025-09-15T11:00:00+0000"}';
    const old = '{"id": "2", "eventTime": "2021-01-01T00:00:00+0000"}';
    const records = folderOf({ 'audit.json': `${recent}\n${old}\n`, 'dlp.ndjson': `${recent}\n${recent}` });
    const client = await start({ records, historyMs: 0 });
    const idsIn = async (startDateTime: string, endDateTime: string): Promise<unknown[]> =>
      (await client.list('audit', { startDateTime, endDateTime })).data.map(({ id }) => id);
    expect(await idsIn('2025-09-15T11:00:00Z', '2025-09-15T11:00:00Z')).toEqual(['1']);
    expect(await idsIn('2025-09-15T11:59:59Z', '2025-09-15T12:00:00Z')).toEqual(['2']);
    const { dlp, audit } = (await client.truth('?scope=held')).tenants.C0A1?.streams ?? {};
    expect(audit?.lines).toHaveLength(2);
    expect(dlp?.lines).toEqual(counted([JSON.stringify(JSON.parse(recent)), JSON.stringify(JSON.parse(recent))]));
  });

  test('belong to the first tenant, and stand alone unless a history is asked for', async () => {
    const records = folderOf({ 'receipt.ndjson': JSON.stringify(RECORD) });
    const simulator = await startSimulator({ records, tenants: 2, clock: () => NOON });
    onTestFinished(() => simulator.close());
    const { tenants } = await new Client(simulator).truth('?totals=true');
    const held = Object.values(tenants).map(({ streams }) => Object.values(streams).map((stream) => stream.held.lines));
    expect(held.map((counts) => counts.reduce((sum, count) => sum + count))).toEqual([1, 0]);
    const both = await start({ records });
    expect((await both.files('receipt')).size).toBe(13);
  });

  test('leave nothing behind in the data folder', async () => {
    const data = folderOf({});
    const records = folderOf({ 'receipt.ndjson': JSON.stringify(RECORD) });
    const simulator = await startSimulator({ records, data, clock: () => NOON });
    expect(readdirSync(join(data, 'tmp'))).toHaveLength(1);
    await simulator.close();
    expect(readdirSync(data)).toEqual(['world.json']);
    await expect(startSimulator({ data, clock: () => NOON })).rejects.toThrow('other given records');
  });

  test.each<[string, string]>([
    ['receipt.ndjson', '{"n":1}\n{"n":2}'],
    ['receipt.ndjson', 'not json at all'],
    ['receipt.ndjson', '{"type":"delivery","timestamp":0,"aggregateId":"a"}'],
    ['ttp.ndjson', '{"type":"url protect"}'],
    ['audit.ndjson', '{"n":1}'],
  ])('of which a collector would take nothing for a record are refused: %s with %s', async (name, content) => {
    const records = folderOf({ [name]: content, 'spam.ndjson': JSON.stringify(RECORD) });
    await expect(startSimulator({ records })).rejects.toThrow(
      new RegExp(`^${name}: none of its lines is a record of [a-z ]+; the first one: it`),
    );
  });

  test('that can not be used are all named at once', async () => {
    const records = folderOf({ 'what.ndjson': '{}', 'receipt.pdf': '', 'spam.ndjson': '{}' });
    await expect(startSimulator({ records })).rejects.toThrow(
      /receipt\.pdf: not an NDJSON file.*\n.*what\.ndjson: neither/,
    );
    const bytes = gzipSync('{"a":1}\n{"b":2}');
    const broken = folderOf({ 'av.ndjson.gz': bytes.subarray(0, 12), 'audit.json': '{', 'ttp.json': '{"type":"x"}' });
    await expect(startSimulator({ records: broken })).rejects.toThrow(/audit\.json.*\n.*av\.ndjson\.gz.*\n.*ttp\.json/);
    await expect(startSimulator({ records: '/nowhere/at/all' })).rejects.toThrow('--records /nowhere/at/all');
  });
});
