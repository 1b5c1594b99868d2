/**
 * The SDK tries calls again by timers, also after their connection was closed. The channel throws then, out of the timer, where
 * nobody can catch it: a program that is closing would crash. Here such a call fails as all others do.
 */

import { InterceptingCall, type Interceptor, Metadata, status } from '@grpc/grpc-js';

/** The library does not export its name for it. */
type Call = ConstructorParameters<typeof InterceptingCall>[0];

/** To be the last of a connection's interceptors. */
export const failOnceClosed: Interceptor = (options, nextCall) => {
  try {
    return new InterceptingCall(nextCall(options));
  } catch (error) {
    return new InterceptingCall(failed(error));
  }
};

function failed(error: unknown): Call {
  const details = error instanceof Error ? error.message : String(error);
  const nothing = () => undefined;
  return {
    start: (_metadata, listener) => {
      const end = { code: status.CANCELLED, details, metadata: new Metadata() };
      process.nextTick(() => {
        // As for each call without an answer: the SDK's retries rely on a message before the status.
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.(end);
      });
    },
    cancelWithStatus: nothing,
    getPeer: () => 'closed',
    sendMessageWithContext: nothing,
    sendMessage: nothing,
    startRead: nothing,
    halfClose: nothing,
    getAuthContext: () => null,
  };
}
