/** What the updates `restart`, `stop` and `collectNow` answer: the same commands as the signals, for who wants to know. */

import type { LifecycleState } from './lifecycle.js';
import type { Health } from './snapshot.js';

export interface CommandAnswer {
  /** `done`: it has happened. `pending`: it was noted and goes on, but something holds it up. */
  readonly outcome: 'done' | 'pending';
  /** The source's state and health when this was answered. */
  readonly state: LifecycleState;
  readonly health: Health;
  /** What holds it up. */
  readonly reason?: string;
}
