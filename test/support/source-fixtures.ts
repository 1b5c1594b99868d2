/** Small makers of the values that a source's snapshot consists of; a test names only what it is about. */

import type { Failure } from '../../src/domain/failures/failure.js';
import { reduce, type SourceEvent } from '../../src/domain/lifecycle/reduce.js';
import {
  newSnapshot,
  type Problem,
  type SourceSnapshot,
  type StreamStatus,
} from '../../src/domain/lifecycle/snapshot.js';
import type { Counts, SourceSettings, StreamOutcome } from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';

export const T0 = '2025-09-15T12:00:00.000Z';

/** ISO time so many minutes after `T0`. */
export function minutes(count: number): string {
  return new Date(Date.parse(T0) + count * 60_000).toISOString();
}

export const UNAVAILABLE: Failure = {
  type: 'ThirdPartyGeneric',
  code: 'http_503',
  message: 'batch list: down (HTTP 503)',
  retry: true,
  severity: 'error',
};
export const LIMITED: Failure = { ...UNAVAILABLE, code: 'TooManyRequests', message: 'too fast', severity: 'warning' };
export const FORBIDDEN: Failure = {
  type: 'ThirdPartyConfig',
  code: 'app_forbidden',
  message: 'Forbidden',
  retry: false,
  severity: 'error',
};

export function problemOf(failure: Failure, changes: Partial<Problem> = {}): Problem {
  return { ...failure, attempt: 1, since: T0, gaveUp: false, ...changes };
}

export function settingsOf(streams: readonly StreamName[], changes: Partial<SourceSettings> = {}): SourceSettings {
  return { sourceId: 7, name: 'mail', collector: 'cloud', streams, pollIntervalMs: 300_000, version: 1, ...changes };
}

export function countsOf(stored: number, duplicates = 0, quarantined = 0): Counts {
  return { stored, duplicates, quarantined };
}

export function outcomeOf(stream: StreamName, changes: Partial<StreamOutcome> = {}): StreamOutcome {
  const counts = countsOf(0);
  return { stream, result: 'caughtUp', counts, totals: counts, files: 0, ...changes };
}

/** A new source after these events, each a minute after the one before, beginning with `T0`. */
export function sourceAfter(...events: readonly SourceEvent[]): SourceSnapshot {
  const first = newSnapshot({ sourceId: 7 }, T0);
  return events.reduce((snapshot, event, index) => reduce(snapshot, event, minutes(index)), first);
}

/** The healthy way to `Collecting`. */
export function startUp(...streams: readonly StreamName[]): SourceEvent[] {
  return [
    { kind: 'configured', settings: settingsOf(streams) },
    { kind: 'advanced', stage: 'Started' },
    { kind: 'advanced', stage: 'Initialized' },
    { kind: 'advanced', stage: 'Authenticated' },
    { kind: 'advanced', stage: 'Collecting' },
  ];
}

export function streamIn(snapshot: SourceSnapshot, stream: StreamName): StreamStatus {
  const found = snapshot.streams.find((status) => status.stream === stream);
  if (found === undefined) throw new Error(`the snapshot has no stream ${stream}`);
  return found;
}
