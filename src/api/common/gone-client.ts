/** Work that ends when the client goes away. */

import { setMaxListeners } from 'node:events';
import type { FastifyReply } from 'fastify';
import { CodedRefusal } from '../../management/common/errors.js';
import { onceClosed } from './once-closed.js';

/** Aborted when the connection is closed before the answer is complete. */
export function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // Each query of the answer listens.
  setMaxListeners(0, gone.signal);
  onceClosed(raw, () => {
    if (!raw.writableFinished) gone.abort(new CodedRefusal(499, 'client.gone', 'The client closed the connection.'));
  });
  return gone.signal;
}
