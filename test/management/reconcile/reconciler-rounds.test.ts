import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { Reconciler } from '../../../src/management/reconcile/reconciler.js';
import type { StartingListener } from '../../../src/management/sources/source-service.js';

describe('its rounds', () => {
  const clock = () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
  };

  test('come at once and then every 15 seconds, and none after it is closed', async () => {
    clock();
    const startMissing = vi.fn(async () => undefined);
    const told = { onStarted: () => undefined, onError: () => undefined };
    const reconciler = new Reconciler({ service: { startMissing }, ...told }).start();
    await vi.advanceTimersByTimeAsync(0);
    expect(startMissing).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(startMissing).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(startMissing).toHaveBeenCalledTimes(4);
    await reconciler.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(startMissing).toHaveBeenCalledTimes(4);
  });

  test('a round that is under way when it is closed is waited for, and is the last', async () => {
    clock();
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const startMissing = vi.fn(async ({ onStarted }: StartingListener) => {
      await promise;
      onStarted({ sourceId: 1, name: 'mail', workflowId: workflowIdOf(1), created: false });
    });
    const onStarted = vi.fn();
    const reconciler = new Reconciler({ service: { startMissing }, onStarted, onError: () => undefined }).start();
    await vi.advanceTimersByTimeAsync(0);
    const order: string[] = [];
    const closing = reconciler.close().then(() => order.push('closed'));
    await vi.advanceTimersByTimeAsync(60_000);
    order.push('round ends');
    resolve();
    await closing;
    expect(order).toEqual(['round ends', 'closed']);
    expect(onStarted).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(startMissing).toHaveBeenCalledTimes(1);
  });

  test('one that is closed before its first round has none', async () => {
    clock();
    const startMissing = vi.fn(async () => undefined);
    const told = { onStarted: () => undefined, onError: () => undefined };
    await new Reconciler({ service: { startMissing }, ...told }).start().close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(startMissing).not.toHaveBeenCalled();
  });
});
