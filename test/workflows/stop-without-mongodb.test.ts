import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

const runs = timeSkippingRuns();

test.for([
  [false, 'Stopped'],
  [true, 'Deleted'],
] as const)(
  'a stop (remove: %s) is Stopping until MongoDB has noted it, however long that takes',
  async ([remove, end]) => {
    const run = await runs.start();
    await run.caughtUp();
    run.fake.fail('finalize', FAULTS.mongodbAway);
    await run.stop({ remove });
    await run.when(({ problem }) => problem?.step === 'finalize');
    await runs.pass('2 hours');
    expect(await run.status()).toMatchObject({ state: 'Stopping', problem: { type: 'FirstPartyGeneric' } });
    expect(run.fake.finalized).toEqual([]);
    run.fake.heal('finalize');
    expect(await run.end()).toMatchObject({ state: end });
    expect(run.fake.finalized).toEqual([{ remove }]);
    expect((await run.status()).problem).toBeUndefined();
  },
);
