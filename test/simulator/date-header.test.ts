import { expect, test } from 'vitest';
import { type Clock, HOUR, NOON, start } from './client.js';

test('every answer tells the time of the simulator’s own clock', async () => {
  const clock: Clock = { now: NOON + 999 };
  const client = await start({}, clock);
  const dateOf = async (path: string): Promise<string | null> => (await client.fetch(path)).headers.get('date');
  expect(await dateOf('/siem/v1/batch/events/cg')).toBe('Mon, 15 Sep 2025 12:00:00 GMT');
  clock.now -= HOUR;
  expect(await dateOf('/nowhere')).toBe('Mon, 15 Sep 2025 11:00:00 GMT');
  expect((await client.requestToken()).headers.get('date')).toBe('Mon, 15 Sep 2025 11:00:00 GMT');
});

test('a fault can tell another time', async () => {
  const client = await start();
  const headers = { date: 'Mon, 15 Sep 2025 07:00:00 GMT' };
  await client.fault({ endpoint: 'audit', action: { headers } });
  expect((await client.api('/api/audit/get-audit-events', {})).headers.get('date')).toBe(headers.date);
});
