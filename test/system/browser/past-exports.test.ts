/** The part of a source's page that exports what is stored already: in the form, followed, canceled. */

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../support/chromium.js';
import { exportConfig } from '../../support/exporting-source.js';
import { closedGate } from '../../support/gate.js';
import { S3_KEYS, S3_REGION, s3Server, type TestBucket } from '../../support/s3-server.js';
import { expectAccessible, part, sourcePages } from '../../support/source-page.js';

const { newSource, caughtUp, openSource, status } = sourcePages();
const server = s3Server();
const SIEM = { dataCollection: 'siem', siemTypes: ['receipt'] };
const { accessKeyId, secretAccessKey } = S3_KEYS.writer;

let bucket: TestBucket;
/** Exports nowhere by itself. */
let plain = 0;
/** Has an export, whose bucket and key are the default. */
let exporting = 0;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  bucket = await server.newBucket();
  plain = await newSource('Plain', SIEM);
  exporting = await newSource('Exporting', { ...SIEM, export: exportConfig(server.endpoint, bucket.name) });
  for (const id of [plain, exporting]) await caughtUp(id);
});

const pastExports = (page: Page) => part(page, 'Past exports');

async function openForm(page: Page) {
  await pastExports(page).getByRole('button', { name: 'Export…' }).click();
  const form = page.getByRole('dialog', { name: 'Export stored records' });
  await form.getByLabel('Form', { exact: true }).waitFor();
  return form;
}

type Form = Awaited<ReturnType<typeof openForm>>;

async function fill(form: Form, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await form.getByLabel(label).first().fill(value);
}

const place = (endpoint: string, prefix: string) => ({
  ...{ Bucket: bucket.name, Region: S3_REGION, Endpoint: endpoint, Prefix: prefix },
  ...{ 'Access Key ID': accessKeyId, 'Secret Access Key': secretAccessKey },
});
const start = (form: Form) => form.getByRole('button', { name: 'Start export' }).click();
const storedOf = async (id: number) => (await status(id)).snapshot?.totals.stored ?? 0;
const rowOf = (page: Page, prefix: string) =>
  pastExports(page)
    .getByRole('row')
    .filter({ hasText: `${bucket.name}/${prefix}` });

describe.skipIf(CHROMIUM === undefined)('exports of the past on the page of a source', () => {
  test('what is wrong in the form is told beside each input, and nothing is started', async () => {
    const page = await openSource(plain, { allowed: /400/ });
    await pastExports(page).getByText('None has been started yet.').waitFor();
    const form = await openForm(page);
    // The browser asks for a beginning by itself.
    await start(form);
    await fill(form, { From: '2026-01-01T00:00', Prefix: '/no', 'Role session name': 'history' });
    await start(form);
    for (const text of [
      'missing; the bucket to write to',
      'missing; the region',
      'must not begin with "/"',
      'needed with "roleSessionName"',
    ])
      await form.getByText(text).waitFor();
    expect(await form.getByLabel('Prefix').getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await pastExports(page).getByText('None has been started yet.').waitFor();
  });

  test('one is started in the form, followed while it is retried, and shown with what it wrote', async () => {
    const page = await openSource(plain);
    const { endpoint, open } = await closedGate(server.endpoint);
    const form = await openForm(page);
    await expectAccessible(page);
    await fill(form, { From: '2020-01-01T00:00', ...place(endpoint, 'followed/') });
    await start(form);
    await page.getByRole('status').getByText('The export has been started.').waitFor();
    await form.waitFor({ state: 'detached' });
    const row = rowOf(page, 'followed/');
    await row.getByRole('progressbar').waitFor();
    await row.getByText('Running').waitFor();
    await row
      .locator('.foreign', { hasText: /ECONNRESET|closed|socket|reached/i })
      .first()
      .waitFor();
    await expectAccessible(page);
    // A source has one at a time.
    expect(await pastExports(page).getByRole('button', { name: 'Export…' }).getAttribute('aria-disabled')).toBe('true');

    open();
    await row.getByText('Completed').waitFor();
    expect(await row.getByRole('progressbar').count()).toBe(0);
    const objects = await bucket.objects('followed/');
    expect(await row.getByRole('cell').allInnerTexts()).toEqual(
      expect.arrayContaining([(await storedOf(plain)).toLocaleString('en-US'), String(objects.size)]),
    );
    await expectAccessible(page);
  });

  test('one is canceled, and the bucket of the source’s own export is the default', async () => {
    const page = await openSource(exporting);
    const first = await openForm(page);
    await first.getByText('What is left empty is as in the export of the source.').waitFor();
    await fill(first, { From: '2020-01-01T00:00', Prefix: 'own/' });
    await start(first);
    await rowOf(page, 'own/').getByText('Completed').waitFor();
    expect((await bucket.objects('own/')).size).toBeGreaterThan(0);

    const { endpoint } = await closedGate(server.endpoint);
    const form = await openForm(page);
    await fill(form, { From: '2020-01-01T00:00', ...place(endpoint, 'canceled/') });
    await start(form);
    const row = rowOf(page, 'canceled/');
    await row.getByRole('button', { name: /^Cancel export/ }).click();
    const asked = page.getByRole('dialog', { name: /^Cancel export/ });
    await expectAccessible(page);
    await asked.getByRole('button', { name: 'Confirm' }).click();
    await row.getByText(/Cancele?d/).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    expect((await bucket.objects('canceled/')).size).toBe(0);
  });

  test('a viewer sees one that runs, and no buttons', async () => {
    const { endpoint, open } = await closedGate(server.endpoint);
    const admin = await openSource(exporting);
    const form = await openForm(admin);
    await fill(form, { From: '2020-01-01T00:00', ...place(endpoint, 'viewed/') });
    await start(form);
    await rowOf(admin, 'viewed/').getByRole('button').waitFor();
    const page = await openSource(exporting, { role: 'viewer' });
    await rowOf(page, 'viewed/').getByText('Running').waitFor();
    expect(await pastExports(page).getByRole('button').count()).toBe(0);
    await expectAccessible(page);
    open();
    await rowOf(page, 'viewed/').getByText('Completed').waitFor();
  });

  test('on a phone, form and table make the page no wider than the screen', async () => {
    const page = await openSource(exporting, { viewport: { width: 375, height: 700 } });
    await pastExports(page).getByRole('row').first().waitFor();
    await openForm(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });
});
