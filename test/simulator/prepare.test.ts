import { expect, test, vi } from 'vitest';
import { createSimulation } from '../../simulator/simulation.js';
import { FileCache } from '../../simulator/world/file-bytes.js';
import { FIRST_POSITION } from '../../simulator/world/position.js';
import { prepareFiles } from '../../simulator/world/prepare.js';
import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import { HOUR, NOON } from './client.js';

const neverAborted = new AbortController().signal;

async function world() {
  const { tenants } = (await createSimulation({ historyMs: HOUR, historyRate: 120, tenants: 2, clock: () => NOON }))
    .world;
  const files = tenants.map((tenant) => [...tenant.files(FIRST_POSITION, new Set(SIEM_STREAMS), NOON)]);
  return { tenants, files };
}

test('prepared files are not made again, and are the ones that are made on demand', async () => {
  const { tenants, files } = await world();
  const cache = new FileCache(1 << 24);
  expect(await prepareFiles(tenants, cache, NOON, neverAborted)).toBe(files.flat().length);
  const made = tenants.map((tenant) => vi.spyOn(tenant, 'lines'));
  const all = async (from: FileCache) => {
    const bytes: Buffer[] = [];
    for (const [at, tenant] of tenants.entries())
      for (const file of files[at] ?? []) bytes.push(await from.bytes(tenant, file));
    return Buffer.concat(bytes);
  };
  const prepared = await all(cache);
  for (const lines of made) expect(lines).not.toHaveBeenCalled();
  const onDemand = await all(new FileCache(1 << 24));
  for (const lines of made) expect(lines).toHaveBeenCalled();
  expect(prepared.equals(onDemand)).toBe(true);
});

test('no more are prepared than leave room in the cache, and none once the simulator closes', async () => {
  const { tenants, files } = await world();
  const [tenant, made] = [tenants[0] ?? never(), files[0] ?? []];
  const whole = new FileCache(1 << 24);
  for (const file of made) await whole.bytes(tenant, file);
  const bytes = (await Promise.all(made.map((file) => whole.size(tenant, file)))).reduce((sum, size) => sum + size, 0);
  const cache = new FileCache(bytes);
  const prepared = await prepareFiles(tenants, cache, NOON, neverAborted);
  expect(prepared).toBeGreaterThan(0);
  expect(prepared).toBeLessThan(made.length);
  const lines = vi.spyOn(tenant, 'lines');
  for (const file of made.slice(0, prepared)) await cache.bytes(tenant, file);
  expect(lines).not.toHaveBeenCalled();
  expect(await prepareFiles(tenants, whole, NOON, AbortSignal.abort())).toBe(0);
});

function never(): never {
  throw new Error('there are two tenants');
}
