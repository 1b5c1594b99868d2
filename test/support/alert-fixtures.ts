/** Health events, and a sender of alerts that runs when a test says so, at a time that the test sets. */

import { onTestFinished } from 'vitest';
import { AlertRounds } from '../../src/alerts/alert-rounds.js';
import type { Attempt, Delivery } from '../../src/alerts/deliver.js';
import { ConnectionService } from '../../src/management/alerts/connection-service.js';
import { NO_OBSERVER } from '../../src/metrics/observer.js';
import type { Collections } from '../../src/store/collections.js';
import { closeHealthEvent, type HealthEventDocument, openHealthEvent } from '../../src/store/health-events.js';
import { testKeyring } from './test-keyring.js';

export const START = Date.parse('2026-12-01T10:00:00Z');
export const MINUTE = 60_000;

/** @param at minutes after `START`. */
export function healthEvent(id: string, at = 0, changes: Partial<HealthEventDocument> = {}): HealthEventDocument {
  const time = new Date(START + at * MINUTE);
  return {
    ...{ _id: id, eventId: id, eventType: 'Health-Change', eventName: 'ThirdPartyGenericError' },
    ...{ eventFormatVersion: '1.0', eventTime: time.toISOString(), subsystem: 'Collection' },
    ...{ status: 'UnHealthy', severityLevel: 'Error' },
    details: {
      ...{ trackerId: 'ThirdPartyGeneric', error: 'receipt: http_503', name: 'receipt: http_503' },
      description: 'Mimecast answers 503.',
    },
    resourceIdentity: {
      ...{ id: '0000000000000007', name: 'tenant-7', type: 'Source' },
      ...{ collectorId: '0000000000000001', collectorName: 'EU' },
    },
    ...{ sourceId: 7, subject: 'receipt', attempts: 1, occurrences: 1, updatedAt: time },
    ...changes,
  };
}

export function openEvent(collections: Collections, ...event: Parameters<typeof healthEvent>): Promise<void> {
  return openHealthEvent(collections, healthEvent(...event));
}

/** @param at minutes after `START`. */
export function closeEvent(collections: Collections, id: string, at: number): Promise<void> {
  const details = { trackerId: 'x', error: 'receipt: http_503 has ended', name: 'x', description: 'It recovered.' };
  const closing = { details, status: 'Healthy', closes: id } as const;
  return closeHealthEvent(collections, healthEvent(`${id}-closing`, at, closing));
}

export interface TestSender {
  readonly attempts: Attempt[];
  /** Looks, and waits until nothing is being sent. @param at minutes after `START`. */
  at(at: number): Promise<void>;
  /** Looks only. */
  look(at: number): Promise<void>;
  readonly rounds: AlertRounds;
}

/** Call it in a test. */
export function testSender(collections: Collections, more: Partial<Delivery> = {}): TestSender {
  const attempts: Attempt[] = [];
  let now = START;
  const rounds = new AlertRounds({
    ...{ collections, keyring: testKeyring, allowInsecure: true, alertHosts: new Set(), observer: NO_OBSERVER },
    ...{ now: () => now, onAttempt: (attempt: Attempt) => attempts.push(attempt) },
    ...more,
  });
  onTestFinished(() => rounds.close());
  const rethrow = (error: unknown) => {
    throw error;
  };
  const look = (at: number) => {
    now = START + at * MINUTE;
    return rounds.round(rethrow);
  };
  return { attempts, look, rounds, at: (at) => look(at).then(() => rounds.idle()) };
}

export function connectionService(collections: Collections): ConnectionService {
  return new ConnectionService({ collections, keyring: testKeyring, allowInsecure: true, alertHosts: new Set() });
}
