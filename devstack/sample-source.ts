/** The source that `npm start` shows: the simulator's first tenant, and what Sumo Logic's Mimecast Source can collect. */

import { type DataCollection, streamsOf } from '../src/domain/streams/streams.js';
import type { FieldService } from '../src/management/fields/field-service.js';
import type { SourceService } from '../src/management/sources/source-service.js';
import type { SourceDocument } from '../src/store/sources.js';

const SAMPLE_DATA: readonly DataCollection[] = ['siem', 'dlp', 'auditEvent', 'holdMessageList'];
export const SAMPLE_STREAMS = streamsOf(SAMPLE_DATA);

export const SAMPLE_NAME = 'Sample Mimecast';
const SAMPLE_COLLECTOR = 'Sample collector';

export interface SampleOptions {
  readonly simulatorUrl: string;
  readonly pollInterval: string;
  /** Gets the fields of the sample source, so that they come onto its records. */
  readonly fields: FieldService;
}

/**
 * Makes sure that the sample source exists and points at the simulator.
 *
 * @param wake starts it again even if somebody stopped it.
 */
export async function ensureSampleSource(
  service: SourceService,
  sources: readonly SourceDocument[],
  options: SampleOptions,
  wake: boolean,
): Promise<number> {
  const file = sampleFile(options);
  await options.fields.ensure(Object.keys(file.source.config.fields));
  const existing = sources.find(({ name }) => name === SAMPLE_NAME);
  if (existing === undefined) return (await service.start(file, SAMPLE_COLLECTOR)).sourceId;
  const { baseUrl, pollInterval } = existing.config;
  const id = String(existing._id);
  if (baseUrl !== options.simulatorUrl || pollInterval !== options.pollInterval) await service.update(id, file);
  const { state } = await service.status(id);
  if (state === 'Terminated' || state === 'Failed' || (wake && state === 'Stopped')) await service.resume(id);
  return existing._id;
}

function sampleFile({ simulatorUrl, pollInterval }: Pick<SampleOptions, 'simulatorUrl' | 'pollInterval'>) {
  return {
    'api.version': 'v1',
    source: {
      config: {
        name: SAMPLE_NAME,
        description: 'Collects what the built-in simulator of the Mimecast API serves',
        category: 'email/mimecast',
        fields: { environment: 'sample', _siemForward: true },
        clientID: 'sim-client-1',
        clientSecret: 'sim-secret-1',
        dataCollection: SAMPLE_DATA,
        baseUrl: simulatorUrl,
        pollInterval,
        backfill: '7d',
      },
      schemaRef: { type: 'Mimecast' },
      sourceType: 'Universal',
    },
  };
}
