import type { Info } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { MongoNetworkError } from 'mongodb';
import { describe, expect, test, vi } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import { classify, type ErrorFacts, isFailure, RawError } from '../../src/domain/failures/failure.js';
import { isAttemptFailed } from '../../src/domain/streams/outcome.js';

const MINUTE = 60_000;
const UNAVAILABLE: ErrorFacts = { origin: 'mimecast', status: 503, endpoint: 'batch list', message: 'down' };
const DENIED: ErrorFacts = { origin: 'mimecast', status: 403, code: 'app_forbidden', message: 'no' };
const LIMITED: ErrorFacts = { origin: 'mimecast', status: 429, message: 'slow down', retryAfterMs: 4 * MINUTE };

/** Runs an activity that throws, as a worker with the interceptor does, and tells what came of it. */
function attempt(error: unknown, info: Partial<Info> = {}, args: readonly unknown[] = [7, 'dlp']) {
  // Nothing is sent: the one call that would be is taken over below.
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const signal = vi.fn<(name: string, payload: unknown) => Promise<void>>().mockResolvedValue();
  const handle = client.workflow.getHandle('test');
  const getHandle = vi.spyOn(client.workflow, 'getHandle').mockReturnValue(Object.assign(handle, { signal }));
  vi.spyOn(client, 'withDeadline').mockImplementation(async (_, work) => work());
  const environment = new MockActivityEnvironment(
    {
      activityType: 'collect',
      attempt: 1,
      scheduledTimestampMs: Date.now(),
      scheduleToCloseTimeoutMs: 90 * MINUTE,
      ...info,
    },
    { interceptors: [failureInterceptor], logger: new DefaultLogger('ERROR'), client },
  );
  const run = () =>
    environment
      .run<unknown[], never, (...args: unknown[]) => Promise<never>>(
        async () => {
          throw error;
        },
        ...args,
      )
      .then(() => {
        throw new Error('it did not fail');
      })
      .catch((caught: unknown) => caught);
  return { environment, signal, getHandle, run };
}

async function failureOf(error: unknown, info?: Partial<Info>): Promise<ApplicationFailure> {
  const thrown = await attempt(error, info).run();
  if (!(thrown instanceof ApplicationFailure)) throw new Error(`not an ApplicationFailure: ${thrown}`);
  return thrown;
}

describe('what Temporal receives', () => {
  test.each<[string, unknown, object]>([
    [
      'tried again',
      new RawError(UNAVAILABLE),
      { type: 'ThirdPartyGeneric', nonRetryable: false, nextRetryDelay: 5_000 },
    ],
    ['not tried again', new RawError(DENIED), { type: 'ThirdPartyConfig', nonRetryable: true }],
    [
      'a wait that is asked for',
      new RawError(LIMITED),
      { type: 'ThirdPartyGeneric', nextRetryDelay: 4 * MINUTE, category: ApplicationFailureCategory.BENIGN },
    ],
    [
      'our MongoDB',
      new MongoNetworkError('closed'),
      { type: 'FirstPartyGeneric', nonRetryable: false, nextRetryDelay: 5_000 },
    ],
    ['our own code', new TypeError('x is undefined'), { type: 'FirstPartyGeneric', message: 'x is undefined' }],
    ['something that is no error', 'odd', { type: 'FirstPartyGeneric', message: 'odd' }],
  ])('%s', async (_, error, expected) => {
    const failure = await failureOf(error);
    expect(failure).toMatchObject(expected);
    expect(failure.details).toHaveLength(1);
    expect(isFailure(failure.details?.[0])).toBe(true);
  });

  test('the details are the whole failure, as it is classified', async () => {
    const cause = new RawError({ ...UNAVAILABLE, requestId: 'r' });
    const failure = await failureOf(cause);
    expect(failure.details).toEqual([classify({ ...UNAVAILABLE, requestId: 'r' })]);
    expect(failure.message).toBe('batch list: down (HTTP 503)');
    expect(failure.cause).toBe(cause);
  });

  test('what is not tried again has no delay', async () => {
    expect(await failureOf(new RawError(DENIED))).not.toHaveProperty('nextRetryDelay', expect.anything());
  });

  test.each<[string, number, number, number]>([
    ['the third attempt', 3, 0, 20_000],
    ['a late one', 20, 40, 2 * MINUTE],
  ])('%s', async (_, count, minutesAgo, delay) => {
    const info = { attempt: count, scheduledTimestampMs: Date.now() - minutesAgo * MINUTE };
    expect(await failureOf(new RawError(UNAVAILABLE), info)).toHaveProperty('nextRetryDelay', delay);
  });

  test.each([2 * 60 * MINUTE, 1e20, Number.POSITIVE_INFINITY])(
    'a wait of %d ms is cut to what is left',
    async (retryAfterMs) => {
      const { nextRetryDelay } = await failureOf(new RawError({ ...LIMITED, retryAfterMs }));
      expect(nextRetryDelay).toBeGreaterThan(88 * MINUTE);
      expect(nextRetryDelay).toBeLessThanOrEqual(89 * MINUTE);
      const late = { scheduledTimestampMs: Date.now() - 89 * MINUTE };
      expect(await failureOf(new RawError({ ...LIMITED, retryAfterMs }), late)).toBeInstanceOf(ApplicationFailure);
    },
  );

  test('a failure that an activity made itself stays as it is', async () => {
    const own = ApplicationFailure.nonRetryable('own', 'Own');
    expect(await attempt(own).run()).toBe(own);
  });
});

describe('a cancellation passes', () => {
  test('untouched and unreported', async () => {
    const reason = new CancelledFailure('CANCELLED');
    const { environment, run, signal } = attempt(reason);
    environment.cancel('CANCELLED');
    expect(await run()).toBe(reason);
    expect(signal).not.toHaveBeenCalled();
  });

  test('also when something else is thrown on the way out', async () => {
    const { environment, run, signal } = attempt(new RawError(UNAVAILABLE));
    environment.cancel('CANCELLED');
    expect(await run()).not.toBeInstanceOf(ApplicationFailure);
    expect(signal).not.toHaveBeenCalled();
  });
});

describe('what the workflow receives', () => {
  test.each<[string, readonly unknown[], string]>([
    ['collect', [7, 'dlp'], 'dlp'],
    ['sweep', [7, ['dlp', 'av']], 'sweep'],
    ['authenticate', [7], 'authenticate'],
    ['finalize', [7, { remove: true }], 'finalize'],
  ])('%s: of which subject, at which attempt, and when the next one is', async (activityType, args, subject) => {
    const before = Date.now();
    const { run, signal, getHandle } = attempt(new RawError(UNAVAILABLE), { activityType, attempt: 2 }, args);
    await run();
    expect(getHandle).toHaveBeenCalledWith('test', '00000000-0000-0000-0000-000000000000');
    const [name, payload] = signal.mock.calls[0] ?? [];
    expect(name).toBe('attemptFailed');
    const times = { retryAt: expect.any(String), pauseMs: 10_000 };
    expect(payload).toEqual({ subject, failure: classify(UNAVAILABLE), attempt: 2, ...times });
    expect(isAttemptFailed(payload)).toBe(true);
    const { retryAt } = payload as { retryAt: string };
    expect(Date.parse(retryAt)).toBeGreaterThanOrEqual(before + 10_000);
    expect(Date.parse(retryAt)).toBeLessThanOrEqual(Date.now() + 10_000);
  });

  test.each<[string, unknown, Partial<Info>, readonly unknown[]]>([
    ['a failure that is not tried again', new RawError(DENIED), {}, [7, 'dlp']],
    ['a failure of its own making', ApplicationFailure.retryable('own'), {}, [7, 'dlp']],
    [
      'an activity that is no part of the start or the work',
      new RawError(UNAVAILABLE),
      { activityType: 'recordHealth' },
      [7, []],
    ],
    ['a stream that does not exist', new RawError(UNAVAILABLE), {}, [7, 'dinner']],
  ])('nothing: %s', async (_, error, info, args) => {
    const { run, signal } = attempt(error, info, args);
    expect(await run()).toBeInstanceOf(ApplicationFailure);
    expect(signal).not.toHaveBeenCalled();
  });

  test('that it cannot be reported does not change the failure', async () => {
    const { run, signal } = attempt(new RawError(UNAVAILABLE));
    signal.mockRejectedValue(new Error('Temporal is away'));
    expect(await run()).toMatchObject({ type: 'ThirdPartyGeneric', nextRetryDelay: 5_000 });
  });
});
