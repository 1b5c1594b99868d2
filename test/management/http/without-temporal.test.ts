/** The API while Temporal is away: what needs it is 503, what does not is answered, and what is stored counts. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { choosePort } from '../../../src/embedded/ports.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { apiServer } from '../../support/api-server.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsOf(testDatabase().db);
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}` });
afterAll(() => connection.close());
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

const source = (description: string) => ({
  source: {
    schemaRef: { type: 'Mimecast' },
    sourceType: 'Universal',
    config: { name: 'lonely', description, clientID: 'i', clientSecret: 's', dataCollection: ['dlp'] },
  },
});

test('a source is created, changed and marked for deletion, and its state cannot be told', async () => {
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
  expect((await api('GET', `${path}?download=true`)).status).toBe(200);
  expect((await api('GET', 'v1/collectors')).status).toBe(200);
  expect((await api('PUT', path, { body: source('second') })).status).toBe(200);
  expect((await api('POST', `${path}/action/restart`)).status).toBe(503);
  expect((await api('DELETE', path)).status).toBe(200);
  const [stored] = await collections.sources.find().toArray();
  expect(stored).toMatchObject({ version: 2, config: { description: 'second' }, deletingAt: expect.any(Date) });
});
