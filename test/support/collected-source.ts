/** A source whose activities a test runs itself. */

import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Activities } from '../../src/activities/index.js';
import type { StreamOutcome } from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { type CheckpointDocument, checkpointId } from '../../src/store/checkpoints.js';
import type { Collections } from '../../src/store/collections.js';
import { raw } from './raw-collections.js';

/** What an activity runs in; that it fails is expected here and not worth a line of the log. */
export function activityEnvironment(info: { readonly attempt?: number } = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}

export class CollectedSource {
  constructor(
    readonly id: number,
    readonly collections: Collections,
    readonly activities: Activities,
  ) {}

  /** Runs an activity as a worker would, in an environment of its own unless given one to cancel. */
  run<R>(
    work: (activities: Activities, sourceId: number) => Promise<R>,
    environment = activityEnvironment(),
  ): Promise<R> {
    return environment.run<[], R, () => Promise<R>>(() => work(this.activities, this.id));
  }

  collect(stream: StreamName, environment?: MockActivityEnvironment): Promise<StreamOutcome> {
    return this.run(({ collect }, id) => collect(id, stream), environment);
  }

  async checkpoint(stream: StreamName): Promise<CheckpointDocument> {
    const found = await raw(this.collections).checkpoints.findOne({ _id: checkpointId(this.id, stream) });
    if (found === null) throw new Error(`no checkpoint of ${stream}`);
    return found;
  }
}
