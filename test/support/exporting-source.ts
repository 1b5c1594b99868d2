/** A source that exports to a bucket of the test server, with records that a test stores itself. */

import { createActivities } from '../../src/activities/index.js';
import { parseSourceConfig } from '../../src/config/source-config.js';
import type { ExportOutcome } from '../../src/domain/export/export.js';
import { SIEM_STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { insertWithIndicators } from '../../src/ingest/slice/insert-with-indicators.js';
import { decodeText } from '../../src/records/decode.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';
import { recordOfText } from '../../src/records/record-of-text.js';
import { compileChecked } from '../../src/rules/compile.js';
import type { Filter } from '../../src/rules/filter.js';
import type { Collections } from '../../src/store/collections.js';
import { createSource } from '../../src/store/sources.js';
import { CollectedSource } from './collected-source.js';
import { ensureCollector } from './ensure-collector.js';
import { S3_KEYS, S3_REGION } from './s3-server.js';
import { testKeyring } from './test-keyring.js';

export interface ExportingOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly export?: Readonly<Record<string, unknown>>;
  readonly sliceMs?: number;
}

let made = 0;

export function exportConfig(endpoint: string, bucket: string, changes: Readonly<Record<string, unknown>> = {}) {
  return { bucket, region: S3_REGION, endpoint, ...S3_KEYS.writer, interval: '1s', ...changes };
}

export async function exportingSource(collections: Collections, options: ExportingOptions): Promise<ExportingSource> {
  made += 1;
  const name = `exporting source ${made}`;
  const toBucket = exportConfig(options.endpoint, options.bucket, options.export);
  const config = { name, dataCollection: 'siem', clientID: 'id', clientSecret: 'secret', export: toBucket };
  const parsed = parseSourceConfig(config, { allowInsecure: true });
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const { _id } = await createSource(collections, await ensureCollector(collections, 'cloud'), name, parsed.value);
  return new ExportingSource(_id, collections, options.sliceMs);
}

export class ExportingSource extends CollectedSource {
  constructor(id: number, collections: Collections, sliceMs?: number) {
    super(
      id,
      collections,
      createActivities({
        ...{ collections, allowInsecure: true, keyring: testKeyring },
        ...(sliceMs === undefined ? {} : { sliceMs }),
      }),
    );
  }

  /** The same source, exported by another worker. */
  by(store: Collections): ExportingSource {
    return new ExportingSource(this.id, store);
  }

  slice(): Promise<ExportOutcome> {
    return this.run(({ exportRecords }, id) => exportRecords(id));
  }

  /** Slice after slice, until nothing is left. @returns how many there were. */
  async exportAll(): Promise<number> {
    for (let slices = 1; ; slices += 1) {
      const { result, failure } = await this.slice();
      if (failure !== undefined) throw new Error(failure.message);
      if (result !== 'more') return slices;
    }
  }

  /** Stores texts as records of a batch file with these lines would be. @param occurrences of a text before, by itself. */
  async store(
    texts: readonly string[],
    stream: StreamName = SIEM_STREAMS[0] ?? 'receipt',
    { filters = [], before = 0 }: { readonly filters?: readonly Filter[]; readonly before?: number } = {},
  ): Promise<void> {
    const metadata = { sourceId: this.id, source: 's', collector: 'c', fields: {}, siemForward: false };
    const maker = { stream, metadata, rules: compileChecked(filters, undefined), receiptTime: new Date() };
    const numbers = new Map<string, number>();
    const documents = texts.flatMap((text) => {
      const number = (numbers.get(text) ?? before) + 1;
      numbers.set(text, number);
      const id = identityOf(this.id, stream, contentDigest(text), number);
      const size = Buffer.byteLength(text);
      const made = recordOfText(maker, { id, text, decoded: decodeText(text), place: 'test', size });
      return made.kind === 'document' ? [made.document] : [];
    });
    await insertWithIndicators({ collections: this.collections, writer: this.collections }, stream, documents);
  }
}
