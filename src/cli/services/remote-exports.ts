/** Exports of the past behind a management server. */

import { isRunning, type PastExport } from '../../domain/export/past-export.js';
import { notExporting } from '../../management/past-exports/past-export-errors.js';
import type { PastWish } from '../../management/past-exports/past-wish.js';
import type { ApiClient } from './api-client.js';
import type { ExportCommands } from './command-services.js';
import { findRemote, pathOf } from './remote-source-list.js';

export class RemoteExports implements ExportCommands {
  /** Address of a source by its id: it is asked for again and again while an export is followed. */
  private readonly paths = new Map<number, string>();

  constructor(private readonly api: ApiClient) {}

  async start(idOrName: string, wish: PastWish): Promise<PastExport> {
    return this.api.call('POST', await this.path(idOrName), wish);
  }

  async get(sourceId: number, exportId: number): Promise<PastExport> {
    const path = this.paths.get(sourceId) ?? (await this.path(String(sourceId)));
    return this.api.call('GET', `${path}/${exportId}`);
  }

  async list(idOrName: string): Promise<readonly PastExport[]> {
    const path = await this.path(idOrName);
    return (await this.api.call<{ readonly exports: readonly PastExport[] }>('GET', path)).exports;
  }

  async cancel(idOrName: string): Promise<PastExport> {
    const running = (await this.list(idOrName)).find(isRunning);
    if (running === undefined) throw notExporting(idOrName);
    return this.api.call('DELETE', `${await this.path(idOrName)}/${running.id}`);
  }

  private async path(idOrName: string): Promise<string> {
    const found = await findRemote(this.api, idOrName);
    const path = `${pathOf(found)}/exports`;
    this.paths.set(found.id, path);
    return path;
  }
}
