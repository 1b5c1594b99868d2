/** Alert connections behind a management server. */

import type { SavedConnection, TestResult } from '../../management/alerts/connection-service.js';
import type { ShownConnection } from '../../management/alerts/shown-connection.js';
import type { ApiClient } from './api-client.js';
import type { AlertCommands } from './command-services.js';

const pathOf = (idOrName: string) => `connections/${encodeURIComponent(idOrName)}`;

export class RemoteAlerts implements AlertCommands {
  constructor(private readonly api: ApiClient) {}

  create(json: unknown): Promise<SavedConnection> {
    return this.api.call('POST', 'connections', json);
  }

  update(idOrName: string, json: unknown): Promise<SavedConnection> {
    return this.api.call('PATCH', pathOf(idOrName), json);
  }

  async list(): Promise<ShownConnection[]> {
    return (await this.api.call<{ readonly data: ShownConnection[] }>('GET', 'connections')).data;
  }

  get(idOrName: string): Promise<ShownConnection> {
    return this.api.call('GET', pathOf(idOrName));
  }

  test(idOrName: string): Promise<TestResult> {
    return this.api.call('POST', `${pathOf(idOrName)}/test`);
  }

  async remove(idOrName: string): Promise<{ readonly id: string }> {
    const { id } = await this.get(idOrName);
    await this.api.call('DELETE', pathOf(id));
    return { id };
  }
}
