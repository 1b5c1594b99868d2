/** Erasures behind a management server. */

import type { Erasure } from '../../domain/erasure/erasure.js';
import type { ErasureWish } from '../../management/erasure/erasures.js';
import type { ApiClient } from './api-client.js';
import type { ErasureCommands } from './command-services.js';

export class RemoteErasures implements ErasureCommands {
  constructor(private readonly api: ApiClient) {}

  preview(wish: ErasureWish): Promise<Erasure> {
    return this.api.call('POST', 'erasures', wish);
  }

  confirm(id: number): Promise<Erasure> {
    return this.api.call('POST', `erasures/${id}/confirmation`);
  }

  cancel(id: number): Promise<Erasure> {
    return this.api.call('DELETE', `erasures/${id}`);
  }

  get(id: number): Promise<Erasure> {
    return this.api.call('GET', `erasures/${id}`);
  }

  async list(): Promise<Erasure[]> {
    return (await this.api.call<{ readonly erasures: Erasure[] }>('GET', 'erasures')).erasures;
  }
}
