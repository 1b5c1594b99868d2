/** The search for indicators behind a management server. */

import type { IocAnswer, IocQuery } from '../../management/indicators/ioc-service.js';
import type { ApiClient } from './api-client.js';
import type { IndicatorCommands } from './command-services.js';

export class RemoteIndicators implements IndicatorCommands {
  constructor(private readonly api: ApiClient) {}

  search(query: IocQuery): Promise<IocAnswer> {
    return this.api.call('POST', 'iocSearch', query);
  }
}
