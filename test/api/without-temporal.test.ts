/** The API while Temporal is away: what needs it is 503, what does not is answered, and what is stored counts. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { NO_COUNTS } from '../../src/domain/streams/outcome.js';
import { choosePort } from '../../src/runtime/ports.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
// Without the client's own retries of several seconds per call: nobody will come to this port.
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(() => connection.close());
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

const source = (description: string) => ({
  source: {
    schemaRef: { type: 'Mimecast' },
    sourceType: 'Universal',
    config: { name: 'lonely', description, clientID: 'i', clientSecret: 's', dataCollection: ['dlp'] },
  },
});

/** It has collected something, so that it can be read again. */
const checkpoint = (sourceId: number) => ({
  ...{ _id: `${sourceId}/dlp`, sourceId, stream: 'dlp' as const, version: 1, filesDone: [] },
  ...{ beginAt: new Date(0), updatedAt: new Date(), totals: NO_COUNTS },
});

test('a source is created, changed and marked for deletion, and its state is unknown', async () => {
  const collector = { collectorType: 'Hosted', name: 'alone' };
  const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body: { collector } });
  const sources = `v1/collectors/${made.json.collector.id}/sources`;
  const created = await api<{ source: { id: number } }>('POST', sources, { body: source('first') });
  expect(created.status).toBe(200);
  const path = `${sources}/${created.json.source.id}`;
  for (const asked of [path, sources, 'v1/sources']) {
    const { status, json, headers } = await api('GET', asked);
    expect({ asked, status, code: json.code }).toEqual({ asked, status: 503, code: 'service.unavailable' });
    expect(json.message).toContain('Temporal');
    expect(headers.get('retry-after')).toBe('5');
  }
  // A fault is never told as if something was gone.
  const unanswered = [
    ...[`GET ${path}/rereads/verify/missing`, `POST ${path}/rereads/verify`, `DELETE ${path}/rereads/verify`],
    ...['restart', 'stop', 'start', 'collectNow'].map((action) => `POST ${path}/action/${action}`),
  ];
  await raw(collections).checkpoints.insertOne(checkpoint(created.json.source.id));
  for (const asked of unanswered) {
    const [method = '', address = ''] = asked.split(' ');
    const { status, json } = await api(method, address);
    expect({ asked, status, code: json.code }).toEqual({ asked, status: 503, code: 'service.unavailable' });
  }
  expect((await api('GET', `${path}?download=true`)).status).toBe(200);
  expect((await api('GET', 'v1/collectors')).status).toBe(200);
  expect((await api('PUT', path, { body: source('second') })).status).toBe(200);
  // Accepted: the source ends when Temporal is back.
  expect((await api('DELETE', path)).status).toBe(202);
  const [stored] = await raw(collections).sources.find().toArray();
  expect(stored).toMatchObject({ version: 2, config: { description: 'second' }, deletingAt: expect.any(Date) });
});
