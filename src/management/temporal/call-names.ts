/** Names the call in the errors of a connection to Temporal: a refusal says which right is missing only if it says for what. */

import { InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';

export const callNames: Interceptor = (options, nextCall) => {
  const [, name = ''] = /([^/]+)$/.exec(options.method_definition.path) ?? [];
  return new InterceptingCall(nextCall(options), {
    start: (metadata, _listener, next) =>
      next(metadata, {
        onReceiveStatus: (received, pass) =>
          pass(received.code === status.OK ? received : { ...received, details: `${name}: ${received.details}` }),
      }),
  });
};
