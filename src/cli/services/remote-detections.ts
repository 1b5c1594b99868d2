/** The detections of a management server. */

import type { Detection } from '../../domain/detections/detection.js';
import { present } from '../../domain/present.js';
import type { DetectionFilter, DetectionPage } from '../../management/detections/detection-service.js';
import type { PageRequest } from '../../store/list-page.js';
import type { ApiClient } from './api-client.js';
import type { DetectionCommands, FollowLine, FollowWish } from './command-services.js';
import { followed } from './remote-follow.js';

/** What the server gives at once. */
const MOST = 1_000;

export class RemoteDetections implements DetectionCommands {
  constructor(private readonly api: ApiClient) {}

  async page(filter: DetectionFilter, { limit, token }: PageRequest): Promise<DetectionPage> {
    const query = queryOf(filter, { limit: String(Math.min(limit, MOST)), token });
    const { data, ...rest } = await this.api.call<
      Omit<DetectionPage, 'items'> & { readonly data: readonly Detection[] }
    >('GET', `detections?${query}`);
    return { items: data, ...rest };
  }

  follow(filter: DetectionFilter, { token, signal }: FollowWish): AsyncIterable<FollowLine<Detection>> {
    return followed(this.api.lines(`detections/follow?${queryOf(filter, { token })}`, { signal }), 'detection');
  }
}

function queryOf(filter: DetectionFilter, more: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const { kinds, severities, actions, since, until, sourceId, sender, recipient, subject } = filter;
  const asked = {
    ...{ kind: kinds?.join(','), severity: severities?.join(','), action: actions?.join(',') },
    ...{ since: since?.toISOString(), until: until?.toISOString(), sourceId: sourceId?.toString() },
    ...{ sender, recipient, subject },
  };
  return new URLSearchParams({ ...present(asked), ...present(more) });
}
