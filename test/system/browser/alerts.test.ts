/** The page of alert connections: create, test, edit, disable and delete one, against a real receiver. */

import { describe, expect, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { serve } from '../../support/local-server.js';

const { get: stack, collections } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const { get: server } = apiServer({ collections, client: () => stack().client });
const { open } = browsing({ collections, server });

describe.skipIf(CHROMIUM === undefined)('the page of alerts', () => {
  test('a webhook is created, tested, changed, disabled and deleted', async () => {
    const bodies: string[] = [];
    let status = 200;
    const receiver = await serve(({ body }, response) => {
      bodies.push(String(body));
      response.writeHead(status).end();
    });
    const page = await open({ allowed: /400/ });
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('Nobody is told of problems yet.').waitFor();
    await page.getByRole('button', { name: 'New alert connection' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('SIEM');
    await dialog.getByLabel('Address').fill(`${receiver.url}/hook`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('It is shown only once.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('rowheader', { name: 'SIEM' }).waitFor();

    await page.getByRole('button', { name: 'Test SIEM' }).click();
    await page.getByText(/^Test of SIEM: .*200/).waitFor();
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ type: 'test', connection: 'SIEM' }]);
    status = 503;
    await page.getByRole('button', { name: 'Test SIEM' }).click();
    await page.getByText(/^Test of SIEM: .*503/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'alerts-page');

    await page.getByRole('button', { name: 'Edit SIEM' }).click();
    await dialog.getByLabel('Name').fill('SIEM of the SOC');
    await dialog.getByLabel('What is told').selectOption('Error');
    await dialog.getByLabel('What begins within this time').fill('soon');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'groupingWindow' }).waitFor();
    await dialog.getByLabel('What begins within this time').fill('5m');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'SIEM of the SOC' }) });
    await row.getByText('errors of all collectors').waitFor();

    await page.getByRole('button', { name: 'Disable SIEM of the SOC' }).click();
    await row.getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Delete SIEM of the SOC' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The alert connection SIEM of the SOC was deleted.').waitFor();
    await page.getByText('Nobody is told of problems yet.').waitFor();
  });

  test('mail needs other fields; what is wrong with them is told', async () => {
    const page = await open({ path: '/alerts', allowed: /400/ });
    await page.getByRole('button', { name: 'New alert connection' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Mail');
    await dialog.getByLabel('Type').selectOption('email');
    await dialog.getByLabel('SMTP server').fill('smtp.example.com');
    await dialog.getByLabel('From').fill('nobody');
    await dialog.getByLabel('To (').fill('soc@example.com, lead@example.com');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'target.from' }).waitFor();
    await dialog.getByLabel('From').fill('mimecast@example.com');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('soc@example.com, lead@example.com by smtp.example.com').waitFor();
  });

  test('viewers do not see it', async () => {
    const page = await open({ path: '/alerts', role: 'viewer' });
    await page.getByText('Only administrators see where alerts are sent.').waitFor();
    expect(await page.getByRole('link', { name: 'Alerts' }).count()).toBe(0);
  });
});
