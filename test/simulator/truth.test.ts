import { expect, test } from 'vitest';
import { definitionOf, SIEM_STREAMS, STREAMS } from '../../src/domain/streams/streams.js';
import { counted, download, HOUR, start } from './client.js';

test('what was downloaded is the truth, however often, and all of it is what is held', async () => {
  const client = await start({ historyMs: 2 * HOUR, historyRate: 120 });
  const lines = new Map<string, string[]>(STREAMS.map((stream) => [stream, []]));
  for (const stream of SIEM_STREAMS) {
    for (const url of (await client.files(stream)).values()) {
      await download(url);
      lines.get(stream)?.push(...(await download(url)));
    }
  }
  const window = { pageSize: 500 };
  const dates = { from: '2025-09-15T00:00:00Z', to: '2025-09-15T13:00:00Z' };
  const { data: audit } = await client.list('audit', { startDateTime: dates.from, endDateTime: dates.to }, window);
  const { data: dlp } = await client.list('dlp', dates, window);
  const { data: hold } = await client.list('hold', { admin: true }, window);
  const { data: clicks } = await client.list('ttp url', dates, window);
  lines.get('audit')?.push(...audit.map((row) => JSON.stringify(row)));
  lines.get('dlp')?.push(...dlp.flatMap(({ dlpLogs }) => (dlpLogs as object[]).map((row) => JSON.stringify(row))));
  lines.get('hold')?.push(...hold.map((row) => JSON.stringify(row)));

  lines
    .get('ttp url')
    ?.push(...clicks.flatMap(({ clickLogs }) => (clickLogs as object[]).map((row) => JSON.stringify(row))));

  for (const scope of ['served', 'held']) {
    const truth = (await client.truth(`?scope=${scope}`)).tenants.C0A1;
    expect(truth?.clientId).toBe('sim-client-1');
    for (const stream of STREAMS) {
      const expected = counted(lines.get(stream) ?? []);
      const told = truth?.streams[stream];
      expect(told?.collection).toBe(definitionOf(stream).collection);
      expect(
        told?.lines?.toSorted(([a], [b]) => (a < b ? -1 : 1)),
        stream,
      ).toEqual(expected);
      expect([told?.held.lines, told?.served.lines]).toEqual([lines.get(stream)?.length, lines.get(stream)?.length]);
    }
  }
});

test('a listing alone serves nothing; only downloads and pages of records do', async () => {
  const client = await start();
  await client.files('receipt');
  const { streams = {} } = (await client.truth()).tenants.C0A1 ?? {};
  for (const stream of STREAMS) expect(streams[stream]).toMatchObject({ served: { lines: 0 }, lines: [] });
});

test('totals leave the lists out', async () => {
  const client = await start({ tenants: 2 });
  const { tenants } = await client.truth('?totals=true');
  expect(Object.keys(tenants)).toEqual(['C0A1', 'C0A2']);
  expect(tenants.C0A2?.streams.receipt).not.toHaveProperty('lines');
});

test.each(['scope=all', 'totals=1'])('%s is refused', async (query) => {
  const client = await start();
  expect((await client.fetch(`/_simulator/truth?${query}`)).status).toBe(400);
});
