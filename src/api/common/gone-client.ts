/** Work that ends when the client goes away. */

import type { FastifyReply } from 'fastify';
import { CodedRefusal } from '../../management/common/errors.js';
import { onceClosed } from './once-closed.js';

/** Aborted when the connection is closed before the answer is complete. */
export function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  onceClosed(raw, () => {
    if (!raw.writableFinished) gone.abort(new CodedRefusal(499, 'client.gone', 'The client closed the connection.'));
  });
  return gone.signal;
}
