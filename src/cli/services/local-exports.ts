/** Exports of the past, by this process: nobody else needs to know of them. */

import { classify, RawError } from '../../domain/failures/failure.js';
import { isObject } from '../../domain/json.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { exportPast } from '../../ingest/export/past.js';
import type { ActivityDependencies } from '../../ingest/source/dependencies.js';
import { SourceReader } from '../../ingest/source/source-reader.js';
import { RefusedError } from '../../management/common/errors.js';
import { findSource } from '../../management/sources/source-directory.js';
import type { InstallationAccess } from '../../management/temporal/ownership.js';
import { storedSource } from '../../store/sources.js';
import type { ExportCommands, PastExported, PastWish } from './command-services.js';

export class LocalExports implements ExportCommands {
  constructor(
    private readonly access: InstallationAccess,
    private readonly dependencies: ActivityDependencies,
  ) {}

  async past(idOrName: string, { from, to, streams = STREAMS, ...changes }: PastWish, tell: (text: string) => void) {
    const { sourceId, name } = await findSource(this.access, idOrName);
    await this.refuseNowhere(sourceId, name, changes);
    try {
      const target = await new SourceReader(this.dependencies).exportTarget(sourceId, changes);
      if (target === undefined) throw new RefusedError(`There is no source "${name}" any more`);
      const { collections } = this.access;
      const { bucket, prefix } = target;
      const done = { sourceId, bucket: bucket.name, prefix, from: from.toISOString(), to: to.toISOString() };
      let counted: PastExported = { ...done, objects: 0, records: 0, existing: 0 };
      for await (const object of exportPast({ collections, sourceId, streams, target, from, to })) {
        const isNew = object.result === 'written';
        counted = {
          ...counted,
          objects: counted.objects + 1,
          records: counted.records + object.records,
          existing: counted.existing + (isNew ? 0 : 1),
        };
        tell(`${isNew ? 'written' : 'there already'}: ${object.key} (${object.records} records)`);
      }
      return counted;
    } catch (error) {
      if (!(error instanceof RawError)) throw error;
      const { message, advice } = classify(error.facts);
      throw new RefusedError(advice === undefined ? message : `${message}. ${advice}`);
    }
  }

  /** A source that exports has a bucket and its region; for others, both have to be named. */
  private async refuseNowhere(sourceId: number, name: string, { bucket, region }: Partial<PastWish>): Promise<void> {
    const source = await storedSource(this.access.collections, { _id: sourceId });
    if (isObject(source?.config.export)) return;
    const missing = [
      ...(bucket === undefined ? ['--to-bucket: missing; the bucket to write to'] : []),
      ...(region === undefined ? ['--region: missing; the region of the bucket'] : []),
    ];
    if (missing.length > 0) throw new RefusedError(`"${name}" has no export of its own, so name its bucket:`, missing);
  }
}
