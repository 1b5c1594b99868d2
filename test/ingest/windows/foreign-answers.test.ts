/** An answer with status 200 whose rows are no records is a failed answer: its time does not count as read. */

import { describe, expect, test } from 'vitest';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { CONTROL_RECORDS } from '../../support/control-records.js';
import { raw } from '../../support/raw-collections.js';
import { recordServer } from '../../support/record-server.js';
import { simulatedSource } from '../../support/simulated-source.js';
import { windowOf } from './raw-window.js';

const collections = collectorDatabase();
const STREAMS: readonly RecordStream[] = ['audit', 'dlp', 'hold'];
const ERROR = { code: 'InternalError', message: 'Service temporarily unavailable' };
const bodyOf = (stream: RecordStream, rows: readonly unknown[]) => ({
  meta: { status: 200 },
  data: stream === 'dlp' ? [{ dlpLogs: rows }] : rows,
  fail: [],
});

async function sourceWith(stream: RecordStream) {
  const time = Date.now() - 600_000;
  const server = await recordServer([1, 2, 3].map((n) => ({ n, id: `id ${n}`, time: time + n * 1_000 })));
  const source = await simulatedSource(collections, { config: { baseUrl: server.url } });
  const answerWith = (...rows: unknown[]) => {
    server.before = () => ({ status: 200, body: bodyOf(stream, rows) });
  };
  const verify = () => {
    const range = {
      from: new Date(time).toISOString(),
      to: new Date().toISOString(),
      kind: 'verify',
      run: 'r',
    } as const;
    return source.run(({ reread }, id) => reread(id, stream, range));
  };
  return { server, source, answerWith, verify };
}

describe.each(STREAMS)('%s', (stream) => {
  test('is reported and asked again; nothing of the answer is stored, and nothing after it is missing', async () => {
    const { server, source, answerWith } = await sourceWith(stream);
    answerWith(ERROR, ERROR);
    for (let n = 0; n < 2; n += 1) {
      await expect(source.collect(stream)).rejects.toMatchObject({
        facts: { origin: 'mimecast', cause: 'unreadable', message: expect.stringMatching(/none of the 2 entries/) },
      });
    }
    expect(await source.checkpoint(stream)).not.toHaveProperty('readUntil');
    server.before = () => undefined;
    expect(await source.collect(stream)).toMatchObject({
      result: 'caughtUp',
      totals: { stored: 3, duplicates: 0, quarantined: 0 },
    });
    expect(await raw(collections).quarantine.countDocuments({ sourceId: source.id })).toBe(0);
  });

  test('is no answer that a verify takes for complete', async () => {
    const { server, source, answerWith, verify } = await sourceWith(stream);
    await source.collect(stream);
    answerWith(ERROR);
    await expect(verify()).rejects.toMatchObject({ facts: { cause: 'unreadable' } });
    server.before = () => undefined;
    expect(await verify()).toMatchObject({ done: true, counts: { read: 3, missing: 0 } });
  });

  test('an odd row beside real ones is set aside with its reason, once', async () => {
    const { source, answerWith } = await sourceWith(stream);
    const real = JSON.parse(CONTROL_RECORDS.find(([of]) => of === stream)?.[1] ?? '{}');
    answerWith(ERROR, real);
    for (let n = 0; n < 2; n += 1) {
      expect(await source.collect(stream)).toMatchObject({ totals: { stored: 1, quarantined: 1 } });
    }
    expect(await raw(collections).quarantine.find({ sourceId: source.id }).toArray()).toMatchObject([
      { reason: `not a record of ${stream}: it has no field of ${stream} records`, text: JSON.stringify(ERROR) },
    ]);
  });

  test('public samples are records', async () => {
    const lines = CONTROL_RECORDS.filter(([of]) => of === stream).map(([, line]) => line);
    const body = JSON.stringify(
      bodyOf(
        stream,
        lines.map((line) => JSON.parse(line)),
      ),
    );
    const { records, unreadable } = await windowOf(stream, body);
    expect(records).toHaveLength(lines.length);
    expect(unreadable).toEqual([]);
  });
});

test('held messages do not count as having left because of such an answer', async () => {
  const { source, answerWith } = await sourceWith('hold');
  await source.collect('hold');
  answerWith(ERROR);
  await source.collect('hold').catch(() => undefined);
  const left = { _sourceId: source.id, '_queue.leftAt': { $exists: true } };
  expect(await raw(collections).records('hold').countDocuments(left)).toBe(0);
});
