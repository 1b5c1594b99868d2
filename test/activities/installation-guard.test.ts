import { ApplicationFailure, ApplicationFailureCategory, defaultPayloadConverter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test, vi } from 'vitest';
import { installationGuard } from '../../src/activities/installation-guard.js';
import { INSTALLATION_HEADER } from '../../src/domain/contract/installation.js';

const OURS = '5f15118c-01de-40b3-8f98-dfd81d0bb622';
const THEIRS = '0f15118c-01de-40b3-8f98-dfd81d0bb622';
const RUN = { workflowId: 'mimecast-source-7', runId: 'run' };

/** What comes of an activity whose header says whose it is. */
async function attempt(header: string | undefined, isOurs: () => Promise<boolean> = async () => false) {
  const asked = vi.fn(isOurs);
  const { context } = new MockActivityEnvironment({ workflowExecution: RUN });
  const guard = installationGuard({ installationId: OURS, isOurs: asked })(context);
  const headers = header === undefined ? {} : { [INSTALLATION_HEADER]: defaultPayloadConverter.toPayload(header) };
  const execute = guard.inbound.execute({ args: [7], headers }, async () => 'done');
  return { asked, result: await execute.catch((error: unknown) => error) };
}

function expectRefusal(result: unknown): void {
  expect(result).toBeInstanceOf(ApplicationFailure);
  expect(result).toMatchObject({
    type: 'AnotherInstallation',
    nonRetryable: false,
    nextRetryDelay: 1_000,
    category: ApplicationFailureCategory.BENIGN,
  });
}

test('what says that it is ours is done without asking', async () => {
  const { asked, result } = await attempt(OURS);
  expect(result).toBe('done');
  expect(asked).not.toHaveBeenCalled();
});

test("a stranger's is refused for the next worker to take, and is no failure", async () => {
  const { asked, result } = await attempt(THEIRS, async () => true);
  expectRefusal(result);
  expect(asked).not.toHaveBeenCalled();
});

test('what does not say whose it is is done if it is ours, else refused', async () => {
  const { asked, result } = await attempt(undefined, async () => true);
  expect(result).toBe('done');
  expect(asked).toHaveBeenCalledWith(RUN, 7);
  expectRefusal((await attempt(undefined)).result);
});

test('what cannot be found out is refused as well', async () => {
  const away = new Error('away');
  const { result } = await attempt(undefined, () => Promise.reject(away));
  expectRefusal(result);
  expect(result).toMatchObject({ cause: away });
});
