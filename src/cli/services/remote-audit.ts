/** The audit trail of a management server, checked by itself. */

import { present } from '../../domain/present.js';
import { RefusedError } from '../../management/common/errors.js';
import { headOf, headText } from '../../store/audit-chain.js';
import type { AuditVerification, VerifyOptions } from '../../store/audit-verification.js';
import type { ApiClient } from './api-client.js';
import type { AuditCommands } from './command-services.js';

export class RemoteAudit implements AuditCommands {
  constructor(private readonly api: ApiClient) {}

  async verify({ since, after }: VerifyOptions): Promise<AuditVerification> {
    const query = new URLSearchParams(present({ since: since && headText(since), after: after && headText(after) }));
    const told = await this.api.call<Omit<AuditVerification, 'head'> & { readonly head: string }>(
      'GET',
      `auditTrail/verification?${query}`,
    );
    const head = headOf(told.head);
    if (head === undefined) throw new RefusedError('The server answered with a head that is none.');
    return { ...told, head };
  }
}
