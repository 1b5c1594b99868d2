/** A large overlap is not read again by each of many windows; nothing that appears late is lost by that. */

import { expect, test } from 'vitest';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { resetCheckpoint } from '../../../src/store/checkpoints.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { recordServer } from '../../support/record-server.js';
import { simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const STREAMS: readonly RecordStream[] = ['audit', 'dlp', 'hold'];
/** More than are read again by each window. */
const MANY = 2_600;

/** A source whose stream holds many rows of the last minutes, and the API's clock, which the test moves. */
async function busy(count: number, sliceMs?: number) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const begin = now() - 8 * MINUTE;
  const server = await recordServer(
    Array.from({ length: count }, (_, n) => ({ n, id: `id ${n}`, time: begin + Math.floor((n / count) * 7 * MINUTE) })),
  );
  server.clock = now;
  const source = await simulatedSource(collections, {
    config: { baseUrl: server.url },
    ...(sliceMs === undefined ? {} : { sliceMs }),
  });
  let added = 0;
  return {
    server,
    source,
    wait: (ms: number) => {
      ahead += ms;
    },
    /** A record appears that is so many milliseconds old. */
    add: (ageMs: number) => {
      added += 1;
      server.rows.push({ n: -added, id: `added ${added}`, time: now() - ageMs });
    },
    /**
     * Collects twice, as windows are planned by the clock of the last answer.
     *
     * @returns how many rows were stored, and how far windows reached back behind what had been read before, in seconds.
     */
    poll: async (stream: RecordStream) => {
      server.requests.length = 0;
      const before = await source.checkpoint(stream);
      await source.collectAll(stream);
      const { totals } = await source.collectAll(stream);
      const oldest = Math.min(...server.requests.map(({ from }) => from));
      const backMs = (before.readUntil?.getTime() ?? oldest) - oldest;
      return { backSeconds: Math.round(backMs / SECOND), stored: (totals?.stored ?? 0) - before.totals.stored };
    },
  };
}

test.each(STREAMS)(
  '%s: a large overlap is read again after four minutes, with all that appeared since',
  async (stream) => {
    const { poll, wait, add } = await busy(MANY);
    expect((await poll(stream)).stored).toBe(MANY);
    add(9 * MINUTE);
    wait(5 * SECOND);
    add(2 * SECOND);
    const brief = await poll(stream);
    expect(brief.stored).toBe(1);
    expect(brief.backSeconds).toBeLessThanOrEqual(12);
    wait(MINUTE);
    add(14 * MINUTE);
    expect((await poll(stream)).stored).toBe(0);
    wait(4 * MINUTE);
    const whole = await poll(stream);
    expect(whole.stored).toBe(2);
    expect(whole.backSeconds).toBeGreaterThanOrEqual(15 * 60);
  },
);

test.each(STREAMS)('%s: a reading that takes several slices counts whole', async (stream) => {
  const { poll, wait, add } = await busy(MANY, 0);
  expect((await poll(stream)).stored).toBe(MANY);
  wait(5 * SECOND);
  add(2 * SECOND);
  const brief = await poll(stream);
  expect(brief.stored).toBe(1);
  expect(brief.backSeconds).toBeLessThanOrEqual(12);
});

test.each<RecordStream>(['audit', 'dlp'])('%s: an overlap of few rows is read again by each window', async (stream) => {
  const { poll, wait, add } = await busy(2_400);
  await poll(stream);
  add(14 * MINUTE);
  wait(5 * SECOND);
  expect(await poll(stream)).toMatchObject({ stored: 1 });
});

test('of a large queue, an hour in which few messages came is read again by each window', async () => {
  const { poll, wait, add, server } = await busy(MANY);
  for (const [at, row] of server.rows.entries()) server.rows[at] = { ...row, time: row.time - 10 * 60 * MINUTE };
  await poll('hold');
  add(50 * MINUTE);
  wait(5 * SECOND);
  const next = await poll('hold');
  expect(next.stored).toBe(1);
  expect(next.backSeconds).toBeLessThan(2 * 60 * 60);
});

test('a stream whose position is given up reads its overlap whole', async () => {
  const { poll, wait, add, source } = await busy(MANY);
  await poll('audit');
  add(9 * MINUTE);
  wait(5 * SECOND);
  await resetCheckpoint(collections, source.id, 'audit');
  expect((await poll('audit')).stored).toBe(1);
});
