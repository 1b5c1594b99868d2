/** The end of an answer, however it ends. */

import type { ServerResponse } from 'node:http';

/**
 * Calls a listener when the answer has ended or its client has gone; at once when that has happened already, as while the
 * key was being checked: no event tells of it then.
 */
export function onceClosed(raw: ServerResponse, listener: () => void): void {
  if (raw.closed) listener();
  else raw.once('close', listener);
}
