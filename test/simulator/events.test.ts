import { expect, test } from 'vitest';
import { type Client, HOUR, NOON, SECOND, start } from './client.js';

interface EventPage {
  readonly value: readonly Record<string, unknown>[];
  readonly '@nextPage': string;
  readonly isCaughtUp: boolean;
}

async function page(client: Client, query: Readonly<Record<string, string>>): Promise<EventPage> {
  const response = await client.api(`/siem/v1/events/cg?${new URLSearchParams(query)}`);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as EventPage;
}

async function drain(
  client: Client,
  types: string,
  token?: string,
): Promise<{ events: string[]; repeats: number; token: string }> {
  const events: string[] = [];
  let repeats = 0;
  let next = token;
  for (;;) {
    const answer = await page(client, { types, pageSize: '50', ...(next && { nextPage: next }) });
    next = answer['@nextPage'];
    const [first, ...rest] = answer.value.map((event) => JSON.stringify(event));
    if (first !== undefined && first === events.at(-1)) repeats += 1;
    else if (first !== undefined) events.push(first);
    events.push(...rest);
    if (answer.isCaughtUp) return { events, repeats, token: next };
  }
}

test('pages hold all events of the last 24 hours once, but for repeats of the page before', async () => {
  const client = await start({ historyMs: HOUR, historyRate: 120 });
  const { events, repeats } = await drain(client, 'receipt,process');
  const { streams } = (await client.truth('?totals=true')).tenants.C0A1 ?? {};
  expect(new Set(events).size).toBe((streams?.receipt?.held.lines ?? 0) + (streams?.process?.held.lines ?? 0));
  expect(events).toHaveLength(new Set(events).size);
  expect(repeats).toBeGreaterThan(0);
});

test('events say eventType and subType, and have no offset', async () => {
  const client = await start();
  const { value } = await page(client, { types: 'url protect', pageSize: '100' });
  expect(value.length).toBeGreaterThan(0);
  for (const event of value) {
    expect(event).toMatchObject({ eventType: 'url protect', subType: expect.any(String) });
    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['_offset']));
    expect(event).not.toHaveProperty('type');
  }
});

test('without types all are meant, and `type` is understood too', async () => {
  const client = await start({ historyRate: 10 });
  const all = await page(client, { pageSize: '100' });
  expect(new Set(all.value.map(({ eventType }) => eventType)).size).toBeGreaterThan(3);
  const spam = await page(client, { type: 'spam' });
  expect(new Set(spam.value.map(({ eventType }) => eventType))).toEqual(new Set(['spam']));
});

test('a token goes on with later events', async () => {
  const clock = { now: NOON };
  const client = await start({ rate: 600 }, clock);
  const { events, token } = await drain(client, 'receipt');
  clock.now += 60 * SECOND;
  const later = await drain(client, 'receipt', token);
  expect(later.events.length).toBeGreaterThan(50);
  expect(later.events.filter((event) => events.includes(event)).length).toBeLessThanOrEqual(1);
});

test.each([
  ['dateRangeStartsAt=2025-09-14T11:59:59.000Z', 'within the last 24 hours'],
  ['dateRangeStartsAt=2025-09-15', 'YYYY-MM-DDTHH:MM:SS'],
  ['types=mail', '`mail` is not a type'],
  ['pageSize=101', '`pageSize`'],
  ['nextPage=abc', 'nextPage'],
])('%s is refused', async (query, message) => {
  const client = await start();
  const response = await client.api(`/siem/v1/events/cg?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
});
