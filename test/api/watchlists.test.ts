/** What of a watchlist only administrators see. */

import { beforeAll, expect, test } from 'vitest';
import { apiAlone } from '../support/api-alone.js';

const { api, get, collections } = await apiAlone();
beforeAll(() => collections.ensureIndexes());

test('the address of a webhook may hold a secret: viewers see its host only', async () => {
  const webhook = 'http://127.0.0.1:9/hooks/secret?key=secret';
  const body = { name: 'C2', indicators: 'evil.com', webhook };
  const { status, json } = await api<{ id: string }>('POST', 'v1/watchlists', { body });
  expect({ status, json }).toMatchObject({ status: 200, json: { webhook } });
  const { viewer, admin } = get();
  for (const [key, shown] of [
    [viewer, '127.0.0.1:9'],
    [admin, webhook],
  ] as const) {
    expect((await api('GET', 'v1/watchlists', { key })).json).toMatchObject({ data: [{ webhook: shown }] });
    expect((await api('GET', `v1/watchlists/${json.id}`, { key })).json).toMatchObject({ webhook: shown });
  }
});
