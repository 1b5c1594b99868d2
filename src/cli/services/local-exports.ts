/** Exports of the past with the servers at hand. */

import type { PastExport } from '../../domain/export/past-export.js';
import { type PastExportOptions, PastExports } from '../../management/past-exports/past-exports.js';
import type { PastWish } from '../../management/past-exports/past-wish.js';
import { findSource } from '../../management/sources/source-directory.js';
import type { ExportCommands } from './command-services.js';

export class LocalExports implements ExportCommands {
  private readonly exports: PastExports;

  constructor(private readonly options: PastExportOptions) {
    this.exports = new PastExports(options);
  }

  start(idOrName: string, wish: PastWish): Promise<PastExport> {
    return this.exports.start(idOrName, wish);
  }

  get(sourceId: number, exportId: number): Promise<PastExport> {
    return this.exports.get(sourceId, exportId);
  }

  async list(idOrName: string): Promise<readonly PastExport[]> {
    return this.exports.list((await findSource(this.options, idOrName)).sourceId);
  }

  cancel(idOrName: string): Promise<PastExport> {
    return this.exports.cancel(idOrName);
  }
}
