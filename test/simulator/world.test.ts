import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options/options.js';
import { startSimulator } from '../../simulator/simulator.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { Client, type Clock, download, HOUR, NOON, SECOND, start } from './client.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'simulator-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function run(options: SimulatorOptions, clock: Clock): Promise<Client> {
  const simulator = await startSimulator({ historyMs: HOUR, ...options, clock: () => clock.now });
  return new Client(simulator).login();
}

test('every stream occurs in a world of 2,000 records, about as many as asked for', async () => {
  const client = await start({ historyMs: HOUR, historyRate: 2000 / 60 });
  const { streams = {} } = (await client.truth('?totals=true&scope=held')).tenants.C0A1 ?? {};
  expect(Object.keys(streams)).toEqual(STREAMS);
  for (const stream of STREAMS) expect(streams[stream]?.held.lines, stream).toBeGreaterThan(0);
  const total = STREAMS.reduce((sum, stream) => sum + (streams[stream]?.held.lines ?? 0), 0);
  expect(total).toBeGreaterThan(1900);
  expect(total).toBeLessThan(2100);
});

test('same seed and segments, same world; another seed or tenant, another', async () => {
  const worlds = [await start({ seed: 7 }), await start({ seed: 7 }), await start({ seed: 8 })];
  const [first, second, third] = await Promise.all(worlds.map((client) => client.truth('?scope=held')));
  expect(second).toEqual(first);
  expect(third?.tenants.C0A1?.streams.receipt?.lines).not.toEqual(first?.tenants.C0A1?.streams.receipt?.lines);
  const two = await (await start({ seed: 7, tenants: 2 })).truth('?scope=held');
  expect(two.tenants.C0A1).toEqual(first?.tenants.C0A1);
  const known = new Set(two.tenants.C0A1?.streams.receipt?.lines?.map(([hash]) => hash));
  expect(two.tenants.C0A2?.streams.receipt?.lines?.filter(([hash]) => known.has(hash))).toEqual([]);
});

test('mail leaves records that belong together, now and then in other forms', async () => {
  const client = await start({ historyMs: 12 * HOUR });
  const seen = new Set<string>();
  const ids = new Map<string, string>();
  let longest = 0;
  for (const type of ['receipt', 'process', 'delivery']) {
    for (const url of (await client.files(type)).values()) {
      for (const line of await download(url)) {
        const record = JSON.parse(line) as Record<string, unknown>;
        longest = Math.max(longest, line.length);
        seen.add(`timestamp ${typeof record.timestamp}`);
        seen.add('type' in record ? 'type' : 'eventType');
        seen.add(`detail ${record.spamProcessingDetail === null ? 'null' : typeof record.spamProcessingDetail}`);
        if (/\p{Emoji_Presentation}/u.test(String(record.subject))) seen.add('emoji');
        const key = String(record.aggregateId);
        if (type === 'receipt') ids.set(key, String(record.processingId));
        else expect(ids.get(key)).toBe(record.processingId);
      }
    }
  }
  const forms = [
    'timestamp number',
    'timestamp string',
    'type',
    'eventType',
    'detail object',
    'detail string',
    'detail null',
    'emoji',
  ];
  expect([...seen]).toEqual(expect.arrayContaining(forms));
  expect(longest).toBeGreaterThan(90_000);
});

test('a kept world goes on where it stopped, with the same files and tokens', async () => {
  const data = folder();
  const clock = { now: NOON };
  const first = await run({ data, rate: 600 }, clock);
  clock.now += 65 * SECOND;
  const { token } = await first.drain('receipt');
  const held = await first.truth('?scope=held');
  const served = await first.truth();
  await first.simulator.close();

  clock.now += HOUR;
  const frozen = await run({ data, frozen: true }, clock);
  clock.now += HOUR;
  await frozen.login();
  expect(await frozen.truth('?scope=held')).toEqual(held);
  expect(await frozen.truth()).toEqual(served);
  expect(await frozen.files('receipt', token)).toEqual(new Map());
  await frozen.simulator.close();

  const third = await run({ data, rate: 600 }, clock);
  clock.now += 60 * SECOND;
  expect((await third.files('receipt', token)).size).toBe(6);
  const more = (await third.truth('?scope=held')).tenants.C0A1?.streams.receipt?.lines ?? [];
  const before = held.tenants.C0A1?.streams.receipt?.lines ?? [];
  expect(more.slice(0, before.length)).toEqual(before);
  await third.simulator.close();
});

test('what was served is remembered with the world', async () => {
  const data = folder();
  const clock = { now: NOON };
  const first = await run({ data, rate: 0 }, clock);
  for (const url of (await first.files('receipt,av')).values()) await download(url);
  await first.list('audit', { startDateTime: '2025-09-15T00:00:00Z', endDateTime: '2025-09-15T12:00:00Z' });
  const served = await first.truth();
  expect(served.tenants.C0A1?.streams.audit?.served.lines).toBeGreaterThan(0);
  await first.simulator.close();
  const second = await run({ data, rate: 0 }, clock);
  expect(await second.truth()).toEqual(served);
  await second.simulator.close();
});

test('after a crash, what was shown is still there', async () => {
  const data = folder();
  const clock = { now: NOON };
  const crashed = await run({ data, rate: 60_000 }, clock);
  const atStart = readFileSync(join(data, 'world.json'));
  clock.now += 5 * SECOND;
  const dlp = { from: '2025-09-15T12:00:00Z', to: '2025-09-15T13:00:00Z' };
  const shown = await crashed.list('dlp', dlp, { pageSize: 500 });
  await crashed.simulator.close();
  writeFileSync(join(data, 'world.json'), atStart);
  clock.now += HOUR;
  const next = await run({ data, frozen: true }, clock);
  const rows = JSON.stringify(await next.list('dlp', dlp, { pageSize: 500 }));
  expect(shown.meta.pagination?.totalCount).toBeGreaterThan(0);
  for (const { dlpLogs } of shown.data)
    for (const row of dlpLogs as object[]) expect(rows).toContain(JSON.stringify(row));
  await next.simulator.close();
});

test.each([
  ['another seed', { seed: 2 }, '--seed 1, not 2'],
  ['another number of tenants', { tenants: 3 }, '--tenants 1, not 3'],
])('a folder with %s is refused', async (_, options, message) => {
  const data = folder();
  await (await run({ data }, { now: NOON })).simulator.close();
  await expect(run({ data, ...options }, { now: NOON })).rejects.toThrow(message);
});

test('a folder that keeps something else is refused', async () => {
  const data = folder();
  writeFileSync(join(data, 'world.json'), '{"hello":1}');
  await expect(run({ data }, { now: NOON })).rejects.toThrow('choose another folder');
});
