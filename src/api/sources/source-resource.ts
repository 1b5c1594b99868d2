/** A source as the API takes and gives it: Sumo Logic's "Universal" source, with name and category at the top, too. */

import { z } from 'zod';
import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import type { ShownState, StatedSource } from '../../management/sources/shown-state.js';
import type { SourceDocument } from '../../store/sources.js';

/** Name of the schema of a configuration in the OpenAPI document. */
export const SOURCE_CONFIG = 'SourceConfig';

const config = z.record(z.string(), z.unknown());

/** The configuration itself is checked by its own schema, which names every mistake. */
export const sourceBody = z.looseObject({
  source: z.looseObject({
    id: z.number().int().optional().describe('Of a PUT: the id in the address'),
    schemaRef: z.looseObject({ type: z.string() }).optional().describe('{"type":"Mimecast"}'),
    sourceType: z.string().optional().describe('Universal'),
    config: config.describe(`See #/components/schemas/${SOURCE_CONFIG}; all mistakes are reported at once`),
  }),
});
export type SourceBody = z.output<typeof sourceBody>;

const state = z.object({
  state: z
    .string()
    .describe(
      'Pending, Started, Initialized, Authenticated, Collecting, Error, Stopping, Stopped; Unknown in a list when Temporal ' +
        'did not say it in time',
    ),
  errorType: z.string().optional().describe('THIRD-PARTY-CONFIG, THIRD-PARTY-GENERIC or FIRST-PARTY-GENERIC'),
  errorInfo: z.string().optional().describe('What happened, and what to do; or why the state cannot be confirmed'),
  errorAdvice: z.string().optional().describe('The part of errorInfo that says what to do'),
  errorCode: z
    .string()
    .optional()
    .describe(
      'Mimecast’s code, or http_503, timeout, …; WorkflowEnded; NoWorker, WorkerLate, CollectionLate, WorkflowTaskFailed ' +
        'or AnotherInstallation if the workflow itself has not reported',
    ),
});

const schemaRef = z.object({ type: z.literal('Mimecast') });

export const shownSource = z
  .object({
    id: z.number().int(),
    name: z.string(),
    version: z.number().int().describe('Counts the saved versions of the configuration'),
    category: z.string().optional(),
    schemaRef,
    config: config.describe('Secrets are shown as ********'),
    state,
    sourceType: z.literal('Universal'),
    alive: z.boolean(),
  })
  .meta({ id: 'Source' });

/** As it stands in a file: what a new source could be made of. */
export const downloadedSource = z
  .object({ schemaRef, config, sourceType: z.literal('Universal') })
  .meta({ id: 'SourceFile' });

export const apiVersion = z.literal('v1');

/** A line of the list over all collectors. */
export const listedSource = z
  .object({
    id: z.number().int(),
    name: z.string(),
    collectorId: z.number().int(),
    collectorName: z.string(),
    workflowId: z.string().describe('Of its workflow in Temporal'),
    state,
    health: z.string().describe('Healthy, Warning, Error or Unknown'),
    lastEventTime: z.string().optional().describe('Time of the newest record stored'),
    alive: z.boolean(),
    schemaRef,
    category: z.string().optional(),
    fields: z.record(z.string(), z.unknown()).describe('Its own fields, `_siemForward` included'),
  })
  .meta({ id: 'ListedSource' });

export function showSource({ source, state }: Pick<StatedSource, 'source' | 'state'>): z.input<typeof shownSource> {
  return {
    id: source._id,
    name: source.name,
    version: source.version,
    ...present({ category: categoryOf(source.config) }),
    ...fileOf(source),
    state: { ...state },
    alive: isAlive(state),
  };
}

function categoryOf({ category }: SourceDocument['config']): string | undefined {
  return typeof category === 'string' && category !== '' ? category : undefined;
}

export function fileOf({ config }: SourceDocument): z.input<typeof downloadedSource> {
  return { schemaRef: { type: 'Mimecast' }, config: { ...config }, sourceType: 'Universal' };
}

export function showListed(
  { source, workflowId, state, health, lastEventTime }: StatedSource,
  collectorName: string,
): z.input<typeof listedSource> {
  const { _id, name, collectorId, config } = source;
  return {
    ...{ id: _id, name, collectorId, collectorName, workflowId },
    ...{ state: { ...state }, health, alive: isAlive(state), schemaRef: { type: 'Mimecast' } },
    ...present({ lastEventTime, category: categoryOf(config) }),
    fields: isObject(config.fields) ? { ...config.fields } : {},
  };
}

export function isAlive({ state }: ShownState): boolean {
  return state !== 'Stopped' && state !== 'Deleted';
}

/** Keys that a GET has told and that a PUT may send back: without effect. */
const READ_ONLY = ['id', 'alive', 'state', 'status', 'version', 'name', 'category', 'collectorId', 'links'] as const;

/** The file that a body stands for. */
export function fileFrom({ source, ...rest }: SourceBody): unknown {
  const given = Object.entries(source).filter(([key]) => !READ_ONLY.some((name) => name === key));
  return { ...rest, source: Object.fromEntries(given) };
}
