/** Writes health events in Sumo Logic's shape. */

import { HEALTH_EVENT_OF } from '../source/failure.js';
import type { HealthChange } from '../source/health-ledger.js';
import { isError } from '../source/snapshot.js';
import type { HealthEventDocument } from '../store/collections.js';
import { closeHealthEvent, openHealthEvent } from '../store/health-events.js';
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
    const event = { ...toEvent(change), sourceId, resourceIdentity };
    if (change.kind === 'opened') await openHealthEvent(collections.healthEvents, event);
    else await closeHealthEvent(collections.healthEvents, event);
  }
}

function toEvent(change: HealthChange): Omit<HealthEventDocument, 'sourceId' | 'resourceIdentity'> {
  const { kind, subject, problem, eventId, closingId = eventId, at } = change;
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
      description: opened ? describe(problem.message, change) : `The source recovered from: ${problem.message}`,
    },
    subject,
    attempts: problem.attempt,
    updatedAt: new Date(at),
    ...(opened ? {} : { closes: eventId }),
  };
}

function describe(message: string, { problem }: HealthChange): string {
  if (!problem.retry) return `${message}. No retries are made until the source is updated or restarted.`;
  if (problem.gaveUp) return `${message}. It was retried for 90 minutes and then given up; restart the source.`;
  return `${message}. It is retried until ${problem.until ?? 'it works'}.`;
}

/** Ids in health events are 16 upper-case hexadecimal digits. */
function hexId(id: number): string {
  return id.toString(16).toUpperCase().padStart(16, '0');
}
