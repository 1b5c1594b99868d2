/** Clicks on protected links: a stream that is collected only when a configuration names it. */

import { describe, expect, test } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { recordServer } from '../../support/record-server.js';
import { simulatedSource, sizeOf } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const HOUR = 3_600_000;
const STREAM = 'ttp url';
const WORLD = { historyMs: 20 * HOUR, historyRate: 20 };
const CLICKS = { dataCollection: 'ttpUrl' };

test('it is off unless it is named', async () => {
  const config = { dataCollection: ['siem', 'dlp', 'auditEvent', 'holdMessageList'] };
  const source = await simulatedSource(collections, { config });
  const { streams } = await source.run(({ validate }, id) => validate(id));
  expect(streams).toHaveLength(13);
  expect(streams).not.toContain(STREAM);
  await source.run(({ authenticate }, id) => authenticate(id));
  await source.run(({ sweep }, id) => sweep(id, streams));
  expect(await raw(collections).checkpoints.countDocuments({ sourceId: source.id, stream: STREAM })).toBe(0);
  expect(await source.calls(STREAM)).toBe(0);
});

describe('when it is named', () => {
  test('every click is stored once, window by window, with its own time', async () => {
    const source = await simulatedSource(collections, { world: WORLD, config: CLICKS });
    const { streams } = await source.run(({ validate }, id) => validate(id));
    expect(streams).toEqual([STREAM]);
    await source.collectAll(STREAM);
    const held = await source.held(STREAM);
    expect(sizeOf(held)).toBeGreaterThan(100);
    expect(await source.stored(STREAM)).toEqual(held);
    // A day back, in windows of six hours.
    expect(await source.calls(STREAM)).toBeGreaterThan(3);
    for await (const { date, _messageTime } of raw(collections).records(STREAM).find({ _sourceId: source.id })) {
      expect(_messageTime.getTime()).toBe(Date.parse(String(date)));
    }

    await source.run(({ resetPosition }, id) =>
      resetPosition(id, STREAM, new Date(Date.now() - 24 * HOUR).toISOString()),
    );
    await source.collectAll(STREAM);
    expect(await source.stored(STREAM)).toEqual(held);
    expect((await source.checkpoint(STREAM)).totals).toMatchObject({ stored: sizeOf(held), quarantined: 0 });
  });

  test('verify finds what is missing, and backfill restores it', async () => {
    const source = await simulatedSource(collections, { world: WORLD, config: CLICKS });
    await source.collectAll(STREAM);
    const records = raw(collections).records(STREAM);
    const gone = await records.find({ _sourceId: source.id }).limit(5).toArray();
    await records.deleteMany({ _id: { $in: gone.map(({ _id }) => _id) } });
    const [from = '', to = ''] = [Date.now() - 24 * HOUR, Date.now() - 1_000].map((time) =>
      new Date(time).toISOString(),
    );
    const reread = async (kind: 'verify' | 'backfill', run: string) =>
      (await source.run((activities, id) => activities.reread(id, STREAM, { kind, run, from, to }))).counts;
    const verified = await reread('verify', 'clicks 1');
    expect(verified).toMatchObject({ missing: 5, restored: 0 });
    // A click at the edge of two windows is read in both, and where the edges are depends on the time.
    const { read } = verified;
    expect(read).toBeGreaterThanOrEqual(sizeOf(await source.held(STREAM)));
    expect(await reread('backfill', 'clicks 2')).toMatchObject({ read, missing: 5, restored: 5 });
    expect(await reread('verify', 'clicks 3')).toMatchObject({ read, missing: 0 });
    expect(await source.stored(STREAM)).toEqual(await source.held(STREAM));
  });

  test('clicks that are alike in everything are as many records, however often they are listed', async () => {
    const time = Date.now() - 60_000;
    const click = { time, url: 'https://login.example.net/', userEmailAddress: 'a@example.com' };
    const server = await recordServer([click, click, { ...click, time: time + 1_000 }]);
    const source = await simulatedSource(collections, { config: { ...CLICKS, baseUrl: server.url } });
    for (const _ of [1, 2]) await source.collectAll(STREAM);
    expect(await raw(collections).records(STREAM).countDocuments({ _sourceId: source.id })).toBe(3);
  });

  test('a missing permission is found at the start, of this stream alone', async () => {
    const source = await simulatedSource(collections, { config: { dataCollection: ['ttpUrl', 'dlp'] } });
    await source.changeTenant({ deny: [STREAM] });
    const { denied } = await source.run(({ authenticate }, id) => authenticate(id));
    expect(denied.map(({ stream }) => stream)).toEqual([STREAM]);
    expect(denied[0]?.failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'app_forbidden' });
  });
});
