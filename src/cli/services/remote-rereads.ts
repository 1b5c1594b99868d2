/** `backfill` and `verify` behind a management server. */

import type { RereadKind, RereadReport } from '../../domain/rereads/reread.js';
import type {
  MissingRecord,
  RereadInput,
  RereadProgress,
  StartedReread,
} from '../../management/rereads/reread-service.js';
import type { ApiClient } from './api-client.js';
import type { RereadCommands } from './command-services.js';
import { findRemote, pathOf } from './remote-source-list.js';

/** Missing records that are asked for at once. */
const PAGE = 1_000;

export class RemoteRereads implements RereadCommands {
  constructor(private readonly api: ApiClient) {}

  async start(kind: RereadKind, idOrName: string, wish: RereadInput): Promise<StartedReread> {
    return this.api.call('POST', await this.path(kind, idOrName), wish);
  }

  async report(kind: RereadKind, sourceId: number): Promise<RereadProgress> {
    return this.api.call('GET', await this.path(kind, String(sourceId)));
  }

  async cancel(kind: RereadKind, idOrName: string): Promise<{ readonly sourceId: number }> {
    return this.api.call('DELETE', await this.path(kind, idOrName));
  }

  async *missing({
    kind,
    sourceId,
  }: Pick<RereadReport, 'kind' | 'sourceId'>): AsyncGenerator<MissingRecord, void, undefined> {
    const path = `${await this.path(kind, String(sourceId))}/missing?limit=${PAGE}`;
    let more = '';
    do {
      const page = await this.api.call<{ readonly data: readonly MissingRecord[]; readonly next?: string }>(
        'GET',
        `${path}${more}`,
      );
      yield* page.data;
      more = page.next === undefined ? '' : `&token=${encodeURIComponent(page.next)}`;
    } while (more !== '');
  }

  private async path(kind: RereadKind, idOrName: string): Promise<string> {
    return `${pathOf(await findRemote(this.api, idOrName))}/rereads/${kind}`;
  }
}
