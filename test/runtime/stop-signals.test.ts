import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noticeOnStderr, type StopSignal, stopOnSignals } from '../../src/runtime/stop-signals.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let now = 0;
let asked: StopSignal[] = [];
let restore: (() => void)[] = [];
beforeEach(() => {
  now = 1_000_000;
  asked = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  restore = [
    ...SIGNALS.map((signal) => keepListeners(process, signal)),
    ...[process.stdout, process.stderr].map((stream) => keepListeners(stream, 'error')),
  ];
});
afterEach(() => {
  for (const undo of restore) undo();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** @returns takes away the listeners that were added since. */
function keepListeners(emitter: NodeJS.EventEmitter, event: string): () => void {
  const before = new Set(emitter.listeners(event));
  return () => {
    for (const listener of emitter.listeners(event)) {
      if (!before.has(listener)) emitter.off(event, listener as () => void);
    }
  };
}

function listen(reason?: Error): AbortController {
  return stopOnSignals((signal) => asked.push(signal), reason);
}

test.each(SIGNALS)('%s asks to stop', (signal) => {
  const reason = new Error('stopped');
  const { signal: stopping } = listen(reason);
  expect(stopping.aborted).toBe(false);
  process.emit(signal, signal);
  expect(stopping.reason).toBe(reason);
  expect(asked).toEqual([signal]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('within a second %s is the same request once more, later it ends the program with %i', (signal, code) => {
  listen();
  process.emit('SIGINT', 'SIGINT');
  now += 999;
  process.emit(signal, signal);
  now += 1;
  expect(() => process.emit(signal, signal)).toThrow(`exit ${code}`);
  expect(asked).toEqual(['SIGINT']);
});

test('SIGHUP is never impatient', () => {
  listen();
  process.emit('SIGTERM', 'SIGTERM');
  now += 60_000;
  process.emit('SIGHUP', 'SIGHUP');
  expect(asked).toEqual(['SIGTERM']);
});

test('nor is a guard, which has a grace of its own', () => {
  vi.stubEnv('MIMECAST_GUARD', String(process.ppid));
  listen();
  process.emit('SIGTERM', 'SIGTERM');
  now += 60_000;
  process.emit('SIGTERM', 'SIGTERM');
  expect(asked).toEqual(['SIGTERM']);
});

test.each(['EPIPE', 'EIO'])('output that nobody can read any more (%s) asks to stop', (code) => {
  const { signal: stopping } = listen();
  process.stdout.emit('error', Object.assign(new Error('write'), { code }));
  process.stderr.emit('error', Object.assign(new Error('write'), { code }));
  expect(stopping.aborted).toBe(true);
  expect(asked).toEqual(['SIGPIPE']);
});

test('any other fault of the output is an error', () => {
  listen();
  const full = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  expect(() => process.stdout.emit('error', full)).toThrow('disk full');
  expect(asked).toEqual([]);
});

test('whoever watches is reported that it stops, and how to have it stop at once', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  noticeOnStderr('Stopping …')();
  expect(write).toHaveBeenCalledExactlyOnceWith('\nStopping … (repeat to stop at once)\n');
});
