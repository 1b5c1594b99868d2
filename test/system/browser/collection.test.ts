/** The Collection page: how sources are, live, and what can be done to them. */

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { until } from '../../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 3_600_000, historyRate: 2, rate: 2 });
const { get: server, api } = apiServer({ collections, client: () => stack().client });
const { open } = browsing({ collections, server });

let collectorId = 0;
const ids = new Map<string, number>();

async function newCollector(collector: Readonly<Record<string, unknown>>): Promise<number> {
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body: { collector } });
  return json.collector.id;
}

async function newSource(name: string, config: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const body = sourceFile(stack().simulator, { name, ...config });
  const { json, text } = await api<{ source: { id: number } }>('POST', `v1/collectors/${collectorId}/sources`, {
    body,
  });
  if (json.source === undefined) throw new Error(text);
  ids.set(name, json.source.id);
  return json.source.id;
}

const pathOf = (id: number) => `v1/collectors/${collectorId}/sources/${id}`;
const stateOf = async (id: number) =>
  (await api<{ source?: { state: { state: string } } }>('GET', pathOf(id))).json.source?.state.state;
const inState = (id: number, wanted: string) =>
  until(
    () => stateOf(id),
    (state) => state === wanted,
  );
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  await stack().startWorker();
  collectorId = await newCollector({ name: 'Cloud', category: 'email/cloud', fields: { office: 'Berlin' } });
  await api('POST', 'v1/fields', { body: { fieldName: 'team' } });
  await newSource('Gateway', { category: 'email/gateway', fields: { team: 'blue', unknown: 'x', _siemForward: true } });
  await newSource('Archive', { dataCollection: ['auditEvent'] });
  await newSource('Misconfigured', { clientSecret: 'wrong' });
  for (const name of ['Gateway', 'Archive']) await inState(ids.get(name) ?? 0, 'Collecting');
  await inState(ids.get('Misconfigured') ?? 0, 'Error');
});

describe.skipIf(CHROMIUM === undefined)('the table', () => {
  test('shows collectors and sources with health, status, category, fields, the last hour and lag', async () => {
    const page = await open();
    const gateway = row(page, 'Gateway');
    await gateway.getByText('caught up').waitFor();
    expect(await gateway.innerText()).toMatch(/Healthy\s+Mimecast\s+Collecting\s+email\/gateway/);
    await gateway.getByText('Forward to SIEM').waitFor();
    await gateway.getByRole('img', { name: 'This field exists in the Fields table schema.' }).waitFor();
    await gateway.getByRole('img', { name: /does not exist in the Fields table schema/ }).waitFor();
    await gateway.getByRole('img', { name: /^Records per 5 minutes: (\d+, ){11}\d+$/ }).waitFor();
    await row(page, 'Archive').getByText('email/cloud (collector)').waitFor();
    await page.getByRole('rowheader', { name: /^Cloud 3 sources/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

export { picture };
