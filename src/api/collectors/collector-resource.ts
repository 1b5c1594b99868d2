/** A collector as the API takes and gives it (Sumo Logic's Collector Management API). */

import { z } from 'zod';
import { collectorFields, collectorName } from '../../config/collector-names.js';
import { tooLong } from '../../config/schema-parts.js';
import { present } from '../../domain/present.js';
import { DEFAULT_TIME_ZONE } from '../../management/collectors/collector-service.js';
import type { CollectorDocument, CollectorSettings } from '../../store/collectors.js';

const text = (max: number) => z.string().max(max, tooLong(max));

function isTimeZone(name: string): boolean {
  try {
    return name === '' || new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** What it says of an installed collector, or what it is told by nobody else: taken, and without effect. */
const IGNORED = [
  ...['alive', 'links', 'lastSeenAlive', 'collectorVersion', 'ephemeral', 'targetCpu', 'cutoffTimestamp'],
  ...['cutoffRelativeTime', 'hostName', 'sourceSyncMode', 'osName', 'osVersion', 'osArch', 'osTime'],
] as const;
const ignored = Object.fromEntries(IGNORED.map((key) => [key, z.unknown().optional()]));

const collector = z.strictObject({
  id: z.number().int().optional().describe('Of a PUT: the id in the address'),
  name: collectorName.describe('Unique in the account, at most 128 characters'),
  description: text(1_024).nullish(),
  category: text(1_024).nullish().describe('Default `_sourceCategory` of its sources'),
  fields: collectorFields.nullish().describe('Put on every record of its sources, at most 10'),
  timeZone: text(64).refine(isTimeZone, { error: 'must be a name of the TZ database, such as Etc/UTC' }).nullish(),
  collectorType: z.literal('Hosted', { error: 'must be "Hosted": there are no installed collectors' }).optional(),
  ...ignored,
});

export const collectorBody = z.strictObject({ collector });
export type CollectorBody = z.output<typeof collectorBody>['collector'];

export const shownCollector = z
  .object({
    id: z.number().int(),
    name: z.string(),
    description: z.string().optional(),
    category: z.string().optional(),
    timeZone: z.string(),
    fields: z.record(z.string(), z.string()),
    links: z.array(z.object({ rel: z.string(), href: z.string() })),
    collectorType: z.literal('Hosted'),
    collectorVersion: z.string(),
    alive: z.boolean(),
  })
  .meta({ id: 'Collector' });

/** An empty value is as good as none: the provider of Terraform leaves it out. */
export function settingsFrom({ name, description, category, fields, timeZone }: CollectorBody): CollectorSettings {
  return {
    name,
    ...(description ? { description } : {}),
    ...(category ? { category } : {}),
    ...(fields && Object.keys(fields).length > 0 ? { fields } : {}),
    timeZone: timeZone || DEFAULT_TIME_ZONE,
  };
}

/** `lastSeenAlive` is left out: as a number of milliseconds it overflows 32-bit builds of Terraform's provider. */
export function showCollector(collector: CollectorDocument): z.input<typeof shownCollector> {
  const { _id, name, description, category, fields = {}, timeZone = DEFAULT_TIME_ZONE } = collector;
  return {
    id: _id,
    name,
    ...present({ description, category }),
    timeZone,
    fields: { ...fields },
    links: [{ rel: 'sources', href: `/v1/collectors/${_id}/sources` }],
    collectorType: 'Hosted',
    collectorVersion: '',
    alive: true,
  };
}
