/** An inbound and outbound interceptor: each log line of an activity says of which source and stream it is. */

import type { Context } from '@temporalio/activity';
import { present } from '../domain/present.js';
import { STREAMS } from '../domain/streams/streams.js';

interface Execution {
  readonly args: readonly unknown[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** Workflow id and attempt are there already. */
export function logAttributes(_context: Context) {
  let own: Attributes = {};
  return {
    inbound: {
      async execute<I extends Execution>(input: I, next: (input: I) => Promise<unknown>): Promise<unknown> {
        own = attributesOf(input.args);
        return next(input);
      },
    },
    outbound: {
      getLogAttributes: (given: Attributes, next: (given: Attributes) => Record<string, unknown>) =>
        next({ ...given, ...own }),
    },
  };
}

/** Activities of a source have its id first, and the stream behind it if they are of one. */
function attributesOf([first, second]: readonly unknown[]): Attributes {
  if (typeof first !== 'number') return {};
  return { source: first, ...present({ stream: STREAMS.find((stream) => stream === second) }) };
}
