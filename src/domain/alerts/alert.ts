/** Which health events become alerts, what belongs to one, and when it is over. */

import type { HealthEvent } from '../health/health-event.js';
import { FLAPPING_MS } from '../health/health-ledger.js';
import { present } from '../present.js';
import { type AlertChoice, SEVERITY_LEVELS, type SeverityLevel } from './connection.js';

/** A health event, as a message tells it. */
export interface AlertProblem {
  readonly eventId: string;
  readonly eventName: string;
  readonly severityLevel: SeverityLevel;
  readonly sourceId: number;
  readonly source: string;
  /** 0 when it is not known. */
  readonly collectorId: number;
  readonly collector: string;
  readonly subject: string;
  readonly title: string;
  readonly description: string;
  readonly advice?: string;
  /** ISO time. */
  readonly since: string;
  /** How often it has come back within minutes, itself included. */
  readonly occurrences: number;
  readonly ended?: ProblemEnd;
}

export interface ProblemEnd {
  /** ISO time. */
  readonly at: string;
  readonly title: string;
}

/** What one message says. */
export interface AlertMessage {
  /** The same however often the message is sent. */
  readonly id: string;
  /** The same of a message and of the one that says that all of it has ended. */
  readonly alertId: string;
  readonly kind: 'triggered' | 'resolved' | 'test';
  /** ISO time at which the message was made. */
  readonly at: string;
  readonly problems: readonly AlertProblem[];
}

export function problemOf(event: HealthEvent): AlertProblem {
  const { eventId, eventName, severityLevel, sourceId, subject, details, resourceIdentity, occurrences } = event;
  return {
    ...{ eventId, eventName, severityLevel, sourceId, source: resourceIdentity.name },
    collectorId: Number.parseInt(resourceIdentity.collectorId, 16),
    collector: resourceIdentity.collectorName,
    ...{ subject, title: details.error, description: details.description, since: event.eventTime, occurrences },
    ...present({ advice: details.advice }),
  };
}

/** One problem is told once for each of its keys: when it begins, when it comes back, and when it becomes an error. */
export function keyOf({
  eventId,
  occurrences,
  severityLevel,
}: Pick<AlertProblem, 'eventId' | 'occurrences' | 'severityLevel'>): string {
  return `${eventId}#${occurrences}#${severityLevel}`;
}

export function isWanted(
  { severityLevel, collectorId }: Pick<AlertProblem, 'severityLevel' | 'collectorId'>,
  choice: Pick<AlertChoice, 'severityLevel' | 'collectorIds'>,
): boolean {
  return isAtLeast(severityLevel, choice.severityLevel) && (choice.collectorIds?.includes(collectorId) ?? true);
}

export function isAtLeast(severity: SeverityLevel, least: SeverityLevel): boolean {
  return SEVERITY_LEVELS.indexOf(severity) >= SEVERITY_LEVELS.indexOf(least);
}

/** The highest of them. */
export function severityOf(problems: readonly Pick<AlertProblem, 'severityLevel'>[]): SeverityLevel {
  return problems.some(({ severityLevel }) => severityLevel === 'Error') ? 'Error' : 'Warning';
}

/** Whether a problem was over before anybody had to know, and has not come back. A long one is told even if it has ended. */
export function isBlip(
  { since, occurrences }: Pick<AlertProblem, 'since' | 'occurrences'>,
  resolvedAt: Date | undefined,
  { groupingWindowMs }: Pick<AlertChoice, 'groupingWindowMs'>,
): boolean {
  return occurrences === 1 && resolvedAt !== undefined && resolvedAt.getTime() - Date.parse(since) < groupingWindowMs;
}

/** Of a problem that comes and goes, twice as long. */
const LEAST_QUIET_MS = 60_000;

/**
 * How long a problem has to stay away before its end is told, in milliseconds: twice as long for each time that it has come
 * back. After `FLAPPING_MS` it would be another problem.
 */
export function quietMs(occurrences: number, { groupingWindowMs }: Pick<AlertChoice, 'groupingWindowMs'>): number {
  if (occurrences === 1) return groupingWindowMs;
  return Math.min(FLAPPING_MS, Math.max(LEAST_QUIET_MS, groupingWindowMs) * 2 ** (occurrences - 1));
}

/** The first pause after a failed delivery. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A message that was not accepted so long after it was made is given up. */
export const LONGEST_TRYING_MS = 24 * 60 * 60_000;

/**
 * How long to wait after so many failed deliveries, in milliseconds.
 *
 * @param retryAfterMs what the target asked for: it is never pressed earlier.
 * @param random from 0 to 1: up to a fifth more or less, so that not all come at once.
 */
export function pauseMs(failures: number, retryAfterMs = 0, random = Math.random()): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return Math.max(Math.round(pause * (0.8 + 0.4 * random)), Math.min(LONGEST_TRYING_MS, retryAfterMs));
}
