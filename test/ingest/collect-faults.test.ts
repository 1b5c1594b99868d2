import { describe, expect, test } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { FILE_POLICY } from '../../src/ingest/files/file-retry-budget.js';
import { collectorDatabase } from '../support/collector-database.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();

type Fault = Readonly<Record<string, unknown>>;
const XML = '<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>expired</Message></Error>';

describe('what is cured within an attempt', () => {
  test.each<[string, Fault]>([
    ['a page listed with URLs that have expired', { endpoint: 'batch', action: { expiredUrl: true } }],
    ['URLs that expire in the middle of a page', { endpoint: 'file', skip: 3, action: { expiredUrl: true } }],
    ['expired twice', { endpoint: 'file', skip: 2, times: 2, action: { expiredUrl: true } }],
    ['expired three times', { endpoint: 'batch', times: 3, action: { expiredUrl: true } }],
    ['a signature whose own token has expired', { endpoint: 'file', skip: 1, action: { status: 400, body: XML } }],
    ['a file that is not there yet', { endpoint: 'file', action: { error: 's3_not_found' } }],
    ['a token that expires while listing', { endpoint: 'batch', action: { error: 'token_expired' } }],
    ['a short fault of the file store', { endpoint: 'file', skip: 1, action: { status: 503 } }],
    ['a connection that is lost before an answer', { endpoint: 'batch', action: { cut: true } }],
  ])('%s', async (_, fault) => {
    const source = await simulatedSource(collections);
    await source.fault(fault);
    const outcome = await source.collect('receipt');
    expect(await source.fired()).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ result: 'caughtUp', counts: { duplicates: 0, quarantined: 0 } });
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  });

  test('tokens that an administrator revokes between two pages', async () => {
    const source = await simulatedSource(collections);
    await source.collect('receipt');
    await source.changeTenant({ revokeTokens: true });
    expect(await source.collect('dlp')).toMatchObject({ result: 'caughtUp' });
    expect(await source.stored('dlp')).toEqual(await source.held('dlp'));
  });

  test('a second look at an expired page that shows less than the first loses nothing', async () => {
    const source = await simulatedSource(collections);
    const empty = { status: 200, body: { value: [], isCaughtUp: false } };
    await source.fault({ endpoint: 'batch', action: { expiredUrl: true } });
    await source.fault({ endpoint: 'batch', skip: 1, action: empty });
    await source.collectAll('receipt');
    await source.collectAll('receipt');
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  });
});

describe('a file that fails', () => {
  test.each<[string, Fault, object]>([
    ['damaged', { corruptGzip: true }, { origin: 'file', cause: 'unreadable' }],
    ['cut short', { truncateGzip: 0.6 }, { origin: 'file', cause: 'unreadable' }],
    ['lost on the way', { cut: { afterBytes: 300 } }, { origin: 'file', cause: 'reset' }],
    ['refused', { status: 409 }, { origin: 'file', status: 409 }],
    [
      'a page of a proxy',
      { contentType: 'text/html', status: 200, body: '<html>' },
      { origin: 'file', cause: 'unreadable' },
    ],
    ['expired, however often it is listed', { expiredUrl: true }, { origin: 'file', status: 403 }],
  ])('%s: the checkpoint stays before it, and nothing is lost or repeated', async (_, action, facts) => {
    const source = await simulatedSource(collections);
    const before = await source.checkpoint('receipt');
    await source.fault({ endpoint: 'file', times: -1, action });
    const failing = source.collect('receipt');
    await expect(failing).rejects.toBeInstanceOf(RawError);
    await expect(failing).rejects.toMatchObject({ facts });
    expect(await source.checkpoint('receipt')).toMatchObject({ filesDone: before.filesDone, beginAt: before.beginAt });
    expect(await source.checkpoint('receipt')).not.toHaveProperty('pageToken');

    await source.clearFaults();
    const held = await source.held('receipt');
    const outcome = await source.collectAll('receipt');
    expect(outcome.totals).toMatchObject({ stored: sizeOf(held), quarantined: 0 });
    expect(await source.stored('receipt')).toEqual(held);
  });

  test('after others were stored: both are reported, and the next attempt begins with the one that failed', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'file', skip: 2, times: -1, action: { corruptGzip: true } });
    const first = await source.collect('receipt');
    expect(first).toMatchObject({
      result: 'failed',
      files: 2,
      failure: { type: 'ThirdPartyGeneric', code: 'unreadable' },
    });
    expect(first.counts.stored).toBe(sizeOf(await source.stored('receipt')));
    const { filesDone } = await source.checkpoint('receipt');
    expect(filesDone).toHaveLength(2);

    await expect(source.collect('receipt')).rejects.toBeInstanceOf(RawError);
    const after = await source.checkpoint('receipt');
    expect(after.filesDone).toEqual(filesDone);
    expect(after).not.toHaveProperty('pageToken');

    await source.clearFaults();
    const calls = await source.calls('file');
    const last = await source.collectAll('receipt');
    expect((await source.calls('file')) - calls).toBe(last.files);
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  });

  test('with half of its lines read already: those are read again, and no page is passed', async () => {
    const source = await simulatedSource(collections, {
      world: { historyRate: 2_000, historyMs: 300_000 },
      // Much less than the file, as for one of many megabytes.
      fileRules: { ...FILE_POLICY, reading: { heldBackBytes: 100_000 } },
    });
    await source.fault({ endpoint: 'file', times: 1, action: { truncateGzip: 0.8 } });
    await expect(source.collect('receipt')).rejects.toBeInstanceOf(RawError);
    const half = sizeOf(await source.stored('receipt'));
    expect(half).toBeGreaterThan(0);
    const held = await source.held('receipt');
    const outcome = await source.collectAll('receipt');
    expect(outcome.counts).toEqual({ stored: sizeOf(held) - half, duplicates: half, quarantined: 0 });
    expect(outcome.totals?.stored).toBe(sizeOf(held));
    expect(await source.stored('receipt')).toEqual(held);
  });
});

describe('a window that fails', () => {
  test.each<[string, Fault, object]>([
    ['with HTTP 200', { error: 'fail200' }, { status: 200, code: 'err_internal' }],
    ['for its permission', { error: 'app_forbidden' }, { status: 403, code: 'app_forbidden' }],
    ['for its quota', { rateLimited: { retryAfterSeconds: 7 } }, { status: 429, retryAfterMs: 7_000 }],
    ['with something that is no JSON', { status: 200, body: 'OK' }, { cause: 'unreadable' }],
  ])('%s is not passed', async (_, action, facts) => {
    const source = await simulatedSource(collections);
    const before = await source.checkpoint('audit');
    await source.fault({ endpoint: 'audit', action });
    await expect(source.collect('audit')).rejects.toMatchObject({ facts });
    expect(await source.checkpoint('audit')).toEqual(before);
    // As a restart does; a rate limit would else be waited for.
    await source.run(({ authenticate }, id) => authenticate(id));
    await source.collectAll('audit');
    expect(await source.stored('audit')).toEqual(await source.held('audit'));
  });

  test.each(['audit', 'dlp', 'hold'] as const)('%s: its token expires on the way', async (stream) => {
    const source = await simulatedSource(collections);
    // The queue of held messages is one window.
    await source.fault({ endpoint: stream, skip: stream === 'hold' ? 0 : 1, action: { error: 'token_expired' } });
    await source.collectAll(stream);
    expect(await source.fired()).toBe(1);
    expect(await source.stored(stream)).toEqual(await source.held(stream));
  });
});
