/** Writes health events in Sumo Logic's shape. */

import { HEALTH_EVENT_OF } from '../source/failure.js';
import type { HealthChange, ProblemChange } from '../source/health-ledger.js';
import { isError, type Problem } from '../source/snapshot.js';
import type { HealthEventDocument } from '../store/collections.js';
import { clearHealthEvents, closeHealthEvent, openHealthEvent } from '../store/health-events.js';
import type { ActivityDependencies } from './dependencies.js';

export async function recordHealth(
  { collections }: ActivityDependencies,
  sourceId: number,
  changes: readonly HealthChange[],
): Promise<void> {
  const source = await collections.sources.findOne({ _id: sourceId });
  const collector = source && (await collections.collectors.findOne({ _id: source.collectorId }));
  const resourceIdentity: HealthEventDocument['resourceIdentity'] = {
    id: hexId(sourceId),
    name: source?.name ?? `source ${sourceId}`,
    type: 'Source',
    collectorId: hexId(source?.collectorId ?? 0),
    collectorName: collector?.name ?? '',
  };
  for (const change of changes) {
    if (change.kind === 'cleared') {
      await clearHealthEvents(collections.healthEvents, sourceId, new Date(change.at));
      continue;
    }
    const event = { ...toEvent(change), sourceId, resourceIdentity };
    if (change.kind === 'opened') await openHealthEvent(collections.healthEvents, event);
    else await closeHealthEvent(collections.healthEvents, event);
  }
}

function toEvent(change: ProblemChange): Omit<HealthEventDocument, 'sourceId' | 'resourceIdentity'> {
  const { kind, subject, problem, eventId, closingId, occurrences, at } = change;
  const opened = kind === 'opened';
  const id = opened ? eventId : closingId;
  const title = `${subject}: ${problem.code}`;
  return {
    _id: id,
    eventId: id,
    eventType: 'Health-Change',
    eventName: HEALTH_EVENT_OF[problem.type],
    eventFormatVersion: '1.0',
    eventTime: opened ? problem.since : at,
    subsystem: 'Collection',
    status: opened ? 'UnHealthy' : 'Healthy',
    severityLevel: isError(problem) ? 'Error' : 'Warning',
    details: {
      trackerId: problem.type,
      error: opened ? title : `${title} has ended`,
      name: opened ? title : `${title} has ended`,
      description: opened ? describe(problem) : `The source recovered from: ${problem.message}`,
    },
    subject,
    attempts: problem.attempt,
    occurrences,
    updatedAt: new Date(at),
    ...(opened ? {} : { closes: eventId }),
  };
}

/** What happened, what happens next, and what to do. */
function describe({ message, advice, retry, gaveUp, until }: Problem): string {
  const next = !retry
    ? 'No retries are made until the source is updated or restarted.'
    : gaveUp
      ? 'It was retried for 90 minutes and then given up until a restart or an update.'
      : `It is retried until ${until ?? 'it works'}.`;
  return [`${message}.`, next, ...(advice === undefined ? [] : [advice])].join(' ');
}

/** Ids in health events are 16 upper-case hexadecimal digits. */
function hexId(id: number): string {
  return id.toString(16).toUpperCase().padStart(16, '0');
}
