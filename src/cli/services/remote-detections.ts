/** The detections of a management server. */

import type { Detection } from '../../domain/detections/detection.js';
import { present } from '../../domain/present.js';
import type { DetectionFilter, DetectionPage } from '../../management/detections/detection-service.js';
import type { PageRequest } from '../../store/list-page.js';
import type { ApiClient } from './api-client.js';
import type { DetectionCommands } from './command-services.js';

/** What the server gives at once. */
const MOST = 1_000;

export class RemoteDetections implements DetectionCommands {
  constructor(private readonly api: ApiClient) {}

  async page(filter: DetectionFilter, { limit, token }: PageRequest): Promise<DetectionPage> {
    const { kinds, severities, actions, since, until, sourceId, sender, recipient, subject } = filter;
    const asked = {
      ...{ kind: kinds?.join(','), severity: severities?.join(','), action: actions?.join(',') },
      ...{ since: since?.toISOString(), until: until?.toISOString(), sourceId: sourceId?.toString() },
      ...{ sender, recipient, subject, limit: String(Math.min(limit, MOST)), token },
    };
    const query = new URLSearchParams(present(asked));
    const { data, ...rest } = await this.api.call<
      Omit<DetectionPage, 'items'> & { readonly data: readonly Detection[] }
    >('GET', `detections?${query}`);
    return { items: data, ...rest };
  }
}
