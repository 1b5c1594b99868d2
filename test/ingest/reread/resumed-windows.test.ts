/** A window whose pages cannot be read on from a place inside of it is read again from its first page, whoever reads it. */

import { describe, expect, test } from 'vitest';
import type { RereadKind, RereadOutcome } from '../../../src/domain/rereads/reread.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type RecordServer, recordServer, refusal } from '../../support/record-server.js';
import { type SimulatedSource, simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;
const ROWS = 30;

/** Rows of half an hour, all of them collected, and every tenth gone from the store; ten are a page. */
async function collected(stream: 'audit' | 'dlp') {
  const begin = Math.floor(Date.now() / 1_000) * 1_000 - 40 * MINUTE;
  const rows = Array.from({ length: ROWS }, (_, n) => ({ n, id: `id ${n}`, time: begin + n * MINUTE }));
  const server = await recordServer(rows);
  server.pageSize = 10;
  const source = await simulatedSource(collections, { config: { baseUrl: server.url, backfill: '1h' } });
  await source.collectAll(stream);
  const gone = { _sourceId: source.id, n: { $in: [5, 15, 25] } };
  expect(await raw(collections).records(stream).deleteMany(gone)).toMatchObject({ deletedCount: 3 });
  const reread = (kind: RereadKind): Promise<RereadOutcome> => {
    const [from = 0, to = 0] = [begin, begin + (ROWS - 1) * MINUTE];
    const range = { kind, run: kind, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return source.run((activities, id) => activities.reread(id, stream, range));
  };
  return { server, source, reread };
}

/** The first page is in order of time, and the others are not. */
function disorder(server: RecordServer): void {
  server.order = 'mixed';
  server.rows = [...server.rows.slice(0, 10), ...server.rows.slice(10).toReversed()];
}

/** As Temporal does after a failure, but without its pauses. */
async function attempts(limit: number, attempt: () => Promise<RereadOutcome>): Promise<RereadOutcome> {
  for (let count = 1; ; count += 1) {
    try {
      const outcome = await attempt();
      if (outcome.done) return outcome;
    } catch (error) {
      if (count >= limit) throw error;
    }
  }
}

const restoredIn = (kind: RereadKind) => (kind === 'verify' ? 0 : 3);

async function expectAll(kind: RereadKind, source: SimulatedSource, stream: 'audit' | 'dlp'): Promise<void> {
  const stored = await raw(collections).records(stream).countDocuments({ _sourceId: source.id });
  expect(stored).toBe(ROWS - 3 + restoredIn(kind));
}

describe.each(['verify', 'backfill'] as const)('%s', (kind) => {
  test('resumed in the middle of an unordered listing reads it from its first page', async () => {
    const { server, source, reread } = await collected('dlp');
    disorder(server);
    let failed = 0;
    server.before = ({ pageToken }) => {
      if (pageToken !== 'offset 10' || failed > 0) return undefined;
      failed += 1;
      return { status: 429, body: {} };
    };
    await expect(reread(kind)).rejects.toMatchObject({ facts: { status: 429 } });
    const kept = await raw(collections).rereads.findOne({ _id: `${source.id}/${kind}/dlp` });
    expect(kept).toMatchObject({ page: { number: 2, token: 'offset 10' }, windowTo: expect.any(Date) });
    const outcome = await attempts(2, () => reread(kind));
    expect(failed).toBe(1);
    expect(outcome).toMatchObject({
      done: true,
      counts: { read: ROWS, missing: 3, restored: restoredIn(kind) },
      notes: [],
    });
    expect(outcome).not.toHaveProperty('failure');
    await expectAll(kind, source, 'dlp');
  });

  test('whose page tokens are all refused reads pieces that are one page', async () => {
    const { server, source, reread } = await collected('audit');
    const asked = server.requests.length;
    server.before = ({ pageToken }) => {
      // Far more than it takes: whoever asks on and on is told so, in place of being waited for.
      if (server.requests.length > asked + 200) return { status: 403, body: {} };
      return pageToken === undefined ? undefined : refusal('err_page_token', 'no', 400);
    };
    const outcome = await reread(kind);
    expect(outcome).toMatchObject({
      done: true,
      counts: { read: ROWS, missing: 3, restored: restoredIn(kind) },
      notes: [],
    });
    expect(server.requests.length).toBeLessThan(asked + 100);
    await expectAll(kind, source, 'audit');
  });
});
