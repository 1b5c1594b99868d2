/**
 * How the workflow reads what it is sent. Anybody may send a signal, with any payload: one that cannot be decoded reads
 * as `undefined`, like none at all, where the SDK's own converter would fail the workflow's task for ever.
 */

import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common';

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload: (payload, context, hint) => {
    try {
      return defaultPayloadConverter.fromPayload(payload, context, hint);
    } catch {
      return undefined as never;
    }
  },
};
