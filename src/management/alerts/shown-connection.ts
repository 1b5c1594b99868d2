/** An alert connection as it is shown: without secrets. */

import type { AlertChoice } from '../../domain/alerts/connection.js';
import { present } from '../../domain/present.js';
import type { ConnectionDocument } from '../../store/connections.js';

export interface ShownConnection extends Omit<AlertChoice, 'groupingWindowMs'> {
  readonly id: string;
  readonly name: string;
  readonly type: ConnectionDocument['type'];
  readonly isEnabled: boolean;
  readonly groupingWindow: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly revision: number;
  readonly delivery: {
    /** ISO time of the last message that was accepted. */
    readonly lastAcceptedAt?: string;
    /** Why the last message was not accepted; absent once one is. */
    readonly problem?: string;
    readonly problemAt?: string;
    /** Until when nothing is sent. */
    readonly pausedUntil?: string;
    /** Messages that wait to be sent. */
    readonly pending: number;
    /** Messages that were given up. */
    readonly undelivered: number;
  };
}

export function shownConnection(document: ConnectionDocument, pending: number): ShownConnection {
  const { _id: id, name, type, isEnabled, severityLevel, collectorIds, groupingWindowMs, shown } = document;
  const { createdAt, revision, deliveredAt, problem, pausedUntil, undelivered = 0 } = document;
  return {
    ...{ id, name, type, isEnabled, severityLevel, groupingWindow: `${groupingWindowMs / 1_000}s`, revision },
    ...present({ collectorIds }),
    createdAt: createdAt.toISOString(),
    target: withoutType(shown),
    delivery: {
      ...present({
        lastAcceptedAt: deliveredAt?.toISOString(),
        problem: problem?.text,
        problemAt: problem?.at.toISOString(),
        pausedUntil: pausedUntil?.toISOString(),
      }),
      ...{ pending, undelivered },
    },
  };
}

function withoutType({ type: _type, ...target }: ConnectionDocument['shown']): ShownConnection['target'] {
  return target;
}
