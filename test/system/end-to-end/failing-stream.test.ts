import { expect, test } from 'vitest';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { callsOf, changeTenant, sizes, storedOf, truthOf } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 1_800_000, historyRate: 60, rate: 0 });

function isHealthy({ state, snapshot }: SourceStatus): boolean {
  return state === 'Collecting' && snapshot?.streams.every(({ phase }) => phase === 'waiting') === true;
}

test('a wrong secret: one call of the token endpoint, then none until the secret is corrected', async () => {
  const { service, simulator, startWorker } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Wrong', clientSecret: 'wrong' }));
  const id = String(sourceId);
  const status = () => service.status(id);
  const inError = await until(status, ({ state }) => state === 'Error');
  expect(inError).toMatchObject({ health: 'Error', errorType: 'ThirdPartyConfig' });
  expect(inError.snapshot?.problem).toMatchObject({
    step: 'authenticate',
    type: 'ThirdPartyConfig',
    message: 'Client credentials are invalid',
    gaveUp: true,
  });
  expect((await callsOf(simulator)).token).toEqual({ calls: 1, byStatus: { 401: 1 } });
  await until(
    () => service.health(id),
    ({ open }) => open.length === 1,
  );
  expect((await service.health(id)).open[0]).toMatchObject({
    eventName: 'ThirdPartyConfigError',
    status: 'UnHealthy',
    subject: 'authenticate',
  });

  // The source polls every second; a restart is the only thing that may ask for a token again.
  await service.collectNow(id);
  await service.restart(id);
  await until(status, ({ snapshot, state }) => snapshot?.restarts === 1 && state === 'Error');
  expect((await callsOf(simulator)).token).toEqual({ calls: 2, byStatus: { 401: 2 } });

  await service.update(id, sourceFile(simulator, { name: 'Mended' }));
  const mended = await until(status, isHealthy);
  expect(mended).toMatchObject({ name: 'Mended', health: 'Healthy' });
  expect(mended.snapshot).toMatchObject({ version: 2, restarts: 2 });
  expect((await callsOf(simulator)).token).toEqual({ calls: 3, byStatus: { 200: 1, 401: 2 } });
  expect(await storedOf(collections, sourceId)).toEqual(await truthOf(simulator));
  await until(
    () => service.health(id),
    ({ open }) => open.length === 0,
  );
  await service.stop(id);
  await stopWorker();
});

test('a missing permission parks its stream only, and is used once it is given', async () => {
  const { service, simulator, startWorker } = get();
  const stopWorker = await startWorker();
  await changeTenant(simulator, { deny: ['dlp'] });
  const before = (await callsOf(simulator)).dlp?.calls ?? 0;
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'No DLP' }));
  const id = String(sourceId);
  const status = () => service.status(id);
  const phases = ({ snapshot }: SourceStatus) => snapshot?.streams.map(({ phase }) => phase) ?? [];
  const parked = await until(
    status,
    (seen) => phases(seen).filter((phase) => phase === 'waiting').length === STREAMS.length - 1,
  );
  expect(parked).toMatchObject({ state: 'Error', health: 'Error', errorType: 'ThirdPartyConfig' });
  const denied = parked.snapshot?.streams.filter(({ problem }) => problem !== undefined) ?? [];
  expect(denied.map(({ stream, phase, problem }) => ({ stream, phase, code: problem?.code }))).toEqual([
    { stream: 'dlp', phase: 'parked', code: 'app_forbidden' },
  ]);
  const { dlp, ...others } = sizes(await truthOf(simulator));
  expect(sizes(await storedOf(collections, sourceId))).toEqual({ ...others, dlp: 0 });
  const planned = parked.snapshot?.nextPollAt;
  await until(status, ({ snapshot }) => snapshot?.nextPollAt !== planned);
  expect((await callsOf(simulator)).dlp?.calls).toBe(before + 1);

  await changeTenant(simulator, { deny: [] });
  await service.restart(id);
  await until(status, isHealthy);
  expect(sizes(await storedOf(collections, sourceId))).toEqual({ ...others, dlp });
  await service.stop(id);
  await stopWorker();
});
