/** A health event with all that is kept of it: how often it was tried, how often it came back, how it ended. */

import { z } from 'zod';
import type { HealthEvent } from '../../domain/health/health-event.js';

export const sourceEvent = z
  .object({
    eventId: z.string(),
    eventType: z.literal('Health-Change'),
    eventName: z.string(),
    eventFormatVersion: z.literal('1.0'),
    eventTime: z.iso.datetime(),
    subsystem: z.literal('Collection'),
    status: z.enum(['UnHealthy', 'Healthy']),
    severityLevel: z.enum(['Error', 'Warning']),
    details: z.object({
      trackerId: z.string(),
      error: z.string(),
      name: z.string(),
      description: z.string(),
      advice: z.string().optional().describe('The end of the description by itself: what to do'),
    }),
    resourceIdentity: z.object({
      id: z.string().describe('16 hexadecimal digits'),
      name: z.string(),
      type: z.literal('Source'),
      collectorId: z.string(),
      collectorName: z.string(),
    }),
    sourceId: z.number().int(),
    subject: z.string().describe('The stream or step that it concerns'),
    attempts: z.number().int().describe('Failed attempts so far'),
    occurrences: z.number().int().describe('How often the problem occurred within minutes, the first time included'),
    updatedAt: z.iso.datetime(),
    resolvedAt: z.iso.datetime().optional().describe('When the problem ended'),
    closes: z.string().optional().describe('On a Healthy event: the event that it closes'),
  })
  .meta({ id: 'SourceHealthEvent' });

export function showSourceEvent({ updatedAt, resolvedAt, ...event }: HealthEvent): z.input<typeof sourceEvent> {
  const end = resolvedAt === undefined ? {} : { resolvedAt: resolvedAt.toISOString() };
  return { ...event, updatedAt: updatedAt.toISOString(), ...end };
}
