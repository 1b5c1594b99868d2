/**
 * A health event in the shape of Sumo Logic's system event index, with the keys of its health events API.
 */

import { HEALTH_EVENT_OF } from '../failures/failure.js';
import { nextStepOf, whereOf } from '../lifecycle/problem-text.js';
import { isError, type Problem, type Subject } from '../lifecycle/snapshot.js';
import { present } from '../present.js';
import type { Ending, ProblemChange } from './health-ledger.js';

export interface HealthEvent {
  /** UUID. */
  readonly eventId: string;
  readonly eventType: 'Health-Change';
  readonly eventName: string;
  readonly eventFormatVersion: '1.0';
  /** RFC 3339, UTC. */
  readonly eventTime: string;
  readonly subsystem: 'Collection';
  readonly status: 'UnHealthy' | 'Healthy';
  readonly severityLevel: 'Error' | 'Warning';
  readonly details: {
    readonly trackerId: string;
    readonly error: string;
    readonly name: string;
    readonly description: string;
    /** The end of the description by itself: what to do. Absent when there is nothing to say, and of what has ended. */
    readonly advice?: string;
  };
  readonly resourceIdentity: HealthResource;
  readonly sourceId: number;
  /** Stream or step that the event is about. */
  readonly subject: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** How often the problem has come back within minutes, itself included. */
  readonly occurrences: number;
  readonly updatedAt: Date;
  /** When the problem ended; open events have none. */
  readonly resolvedAt?: Date;
  /** On a `Healthy` event: the event that it closes. */
  readonly closes?: string;
}

export interface HealthResource {
  readonly id: string;
  readonly name: string;
  readonly type: 'Source';
  readonly collectorId: string;
  readonly collectorName: string;
}

export interface HealthSource {
  readonly sourceId: number;
  readonly name: string;
  /** 0 when it is not known. */
  readonly collectorId: number;
  readonly collectorName: string;
}

/** `workflow` is what a source runs as: only others can report its errors. `export` has a workflow of its own. */
export type EventSubject = Subject | 'workflow' | 'export';
export type EventChange = Omit<ProblemChange, 'subject'> & { readonly subject: EventSubject };

export function healthEventOf(change: EventChange, source: HealthSource): HealthEvent {
  const { kind, subject, problem, eventId, closingId, occurrences, at, ending = 'recovered' } = change;
  const opened = kind === 'opened';
  const title = opened ? `${subject}: ${problem.code}` : `${subject}: ${problem.code} ${ENDED[ending].title}`;
  return {
    eventId: opened ? eventId : closingId,
    eventType: 'Health-Change',
    eventName: HEALTH_EVENT_OF[problem.type],
    eventFormatVersion: '1.0',
    eventTime: opened ? problem.since : at,
    subsystem: 'Collection',
    status: opened ? 'UnHealthy' : 'Healthy',
    severityLevel: isError(problem) ? 'Error' : 'Warning',
    details: {
      trackerId: problem.type,
      error: title,
      name: title,
      description: opened ? describe(subject, problem) : `${ENDED[ending].sentence}: ${problem.message}`,
      ...(opened ? present({ advice: problem.advice }) : {}),
    },
    resourceIdentity: {
      id: hexId(source.sourceId),
      name: source.name,
      type: 'Source',
      collectorId: hexId(source.collectorId),
      collectorName: source.collectorName,
    },
    sourceId: source.sourceId,
    subject,
    attempts: problem.attempt,
    occurrences,
    updatedAt: new Date(at),
    ...(opened ? {} : { closes: eventId }),
  };
}

const ENDED: Readonly<Record<Ending, { readonly title: string; readonly sentence: string }>> = {
  recovered: { title: 'has ended', sentence: 'The source recovered from' },
  restarted: {
    title: 'before a restart',
    sentence: 'The source was restarted and tries again. Before that, it reported',
  },
  united: {
    title: 'became an outage of all streams',
    sentence: 'All streams turned out to fail, which has its own event. Before that, it was reported as',
  },
  split: {
    title: 'is no longer a common outage',
    sentence:
      'Its streams no longer fail for the same cause, and each has its own event. Before that, it was reported as',
  },
  exportEnded: { title: 'before the export ended', sentence: 'The export has ended. Before that, it reported' },
  removed: { title: 'before the removal', sentence: 'The source was removed. Before that, it reported' },
};

/** What happened, what happens next, and what to do. */
function describe(subject: EventSubject, problem: Problem): string {
  const { message, advice, affects } = problem;
  const what =
    affects === undefined ? message : `No records can be collected from ${whereOf({ subject, affects })}: ${message}`;
  return [`${what}.`, nextStepOf(problem), ...(advice === undefined ? [] : [advice])].join(' ');
}

/** Ids in health events are 16 upper-case hexadecimal digits. */
function hexId(id: number): string {
  return id.toString(16).toUpperCase().padStart(16, '0');
}
