/** Sends the alerts of an installation: of several programs that could, the one that holds the lease does. */

import type { Logger } from 'pino';
import { AlertRounds } from '../alerts/alert-rounds.js';
import type { Attempt, Delivery } from '../alerts/deliver.js';
import { Reconciler } from '../management/reconcile/reconciler.js';
import { Lease } from '../store/lease.js';
import { isGone, ownHolder } from './lease-holder.js';
import { onceInAWhile } from './once-in-a-while.js';

export interface AlertSenderOptions extends Omit<Delivery, 'onAttempt' | 'now'> {
  readonly logger: Logger;
  /** Between two looks. Default 2,000 ms. */
  readonly intervalMs?: number;
}

export interface AlertSender {
  /** Ends in good order; what is being sent is broken off, and is sent again by whoever holds the lease next. */
  close(): Promise<void>;
}

/** Two that send at the same time do no harm: each message is taken by one of them. */
export function alertSender({ logger, intervalMs = 2_000, ...delivery }: AlertSenderOptions): AlertSender {
  const warn = onceInAWhile((text) => logger.warn(`telling of health events failed: ${text}`));
  const rounds = new AlertRounds({ ...delivery, now: Date.now, onAttempt: (attempt) => logAttempt(logger, attempt) });
  const turn = new Lease({ store: delivery.collections, name: 'alerts', holder: ownHolder(), isGone });
  const reconciler = new Reconciler({
    ...{ turn, intervalMs, onError: warn, onStarted: () => undefined },
    service: { startMissing: ({ onError }) => rounds.round(onError) },
  }).start();
  return {
    close: async () => {
      await rounds.close();
      await reconciler.close();
    },
  };
}

function logAttempt(logger: Logger, attempt: Attempt): void {
  if (attempt.outcome === 'sent') logger.info(attempt, 'notification sent');
  else if (attempt.outcome === 'failed') logger.warn(attempt, 'notification was not accepted; it is sent again');
  else logger.error(attempt, 'notification was given up');
}
