/** The Collection page: how sources are, live. */

import { beforeAll, describe, expect, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { collectionSources, focused, rowOf } from '../../support/collection-page.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { until } from '../../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 3_600_000, historyRate: 2, rate: 2 });
const { get: server, api } = apiServer({ collections, client: () => stack().client });
const { open } = browsing({ collections, server });

const { newCollector, newSource, idOf, pathOf, inState } = collectionSources({ api }, stack);

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  await stack().startWorker();
  await newCollector({ name: 'Cloud', category: 'email/cloud', fields: { office: 'Berlin' } });
  await api('POST', 'v1/fields', { body: { fieldName: 'team' } });
  await newSource('Gateway', { category: 'email/gateway', fields: { team: 'blue', unknown: 'x', _siemForward: true } });
  await newSource('Archive', { dataCollection: ['auditEvent', 'dlp', 'holdMessageList'] });
  await newSource('Misconfigured', { clientSecret: 'wrong' });
  for (const name of ['Gateway', 'Archive']) await inState(idOf(name), 'Collecting');
  await inState(idOf('Misconfigured'), 'Error');
});

describe.skipIf(CHROMIUM === undefined)('the table', () => {
  test('shows collectors and sources with health, status, category, fields, the last hour and lag', async () => {
    const page = await open();
    const gateway = rowOf(page, 'Gateway');
    // How far it is behind is looked at some times a minute.
    await gateway.getByText('caught up').waitFor();
    expect(await gateway.innerText()).toMatch(/Healthy\s+Mimecast\s+Status:\s+Collecting\s+email\/gateway/);
    await gateway.getByText('Forward to SIEM').waitFor();
    await gateway.getByRole('img', { name: 'This field exists in the Fields table schema.' }).waitFor();
    await gateway.getByRole('img', { name: /does not exist in the Fields table schema/ }).waitFor();
    await gateway.getByRole('img', { name: /^Records per 5 minutes: (\d+, ){11}\d+$/ }).waitFor();
    await rowOf(page, 'Archive').getByText('email/cloud (collector)').waitFor();
    await page.getByRole('rowheader', { name: /^Cloud 3 sources/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('fits a phone: only the table scrolls sideways', async () => {
    const page = await open({ viewport: { width: 375, height: 700 } });
    await rowOf(page, 'Gateway').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });

  test('filters and sort are in the address and survive a reload', async () => {
    const page = await open();
    await rowOf(page, 'Gateway').waitFor();
    const names = () => page.locator('tr[data-source] th').allInnerTexts();
    expect(await names()).toEqual(['Archive', 'Gateway', 'Misconfigured']);
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await until(names, (all) => all[0] === 'Misconfigured');
    expect(page.url()).toContain('order=desc');
    await page.getByLabel('Search').fill('GATEWAY');
    await page.getByLabel('Health').selectOption('Healthy');
    await page.getByLabel('Status').selectOption('Collecting');
    await page.getByRole('combobox', { name: 'Collector' }).selectOption('Cloud');
    await until(names, (all) => all.length === 1);
    await page.reload();
    await rowOf(page, 'Gateway').waitFor();
    expect(await names()).toEqual(['Gateway']);
    expect(await page.getByLabel('Search').inputValue()).toBe('GATEWAY');
    await page.getByLabel('Health').selectOption('Error');
    await page.getByText('No source matches the filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await until(names, (all) => all.length === 3);
    await page.getByRole('button', { name: 'Status', exact: true }).click();
    await until(names, (all) => all[0] === 'Misconfigured');
    expect(await page.getByRole('columnheader', { name: 'Status' }).getAttribute('aria-sort')).toBe('ascending');
  });

  test('a change of state shows by itself, and focus and selection stay', async () => {
    const id = idOf('Archive');
    const page = await open();
    const archive = rowOf(page, 'Archive');
    await archive.getByRole('checkbox').check();
    const status = archive.getByRole('button', { name: 'Collecting' });
    await status.focus();
    await api('POST', `${pathOf(id)}/action/stop`);
    await archive.getByRole('button', { name: /Stopping|Stopped/ }).waitFor();
    await archive.getByRole('button', { name: 'Stopped' }).waitFor();
    expect(await page.evaluate(`document.activeElement?.closest('tr')?.dataset.source`)).toBe(String(id));
    expect(await archive.getByRole('checkbox').isChecked()).toBe(true);
    await api('POST', `${pathOf(id)}/action/start`);
    await archive.getByRole('button', { name: 'Collecting' }).waitFor();
    expect(await page.evaluate(`document.activeElement?.closest('tr')?.dataset.source`)).toBe(String(id));
  });

  test('what comes from outside is shown as text', async () => {
    const name = '<img src=x onerror="window.ran=1">\u202e\u2066 '.padEnd(100, 'x');
    const id = await newSource(name, { category: '<script>window.ran=1</script>' });
    const page = await open();
    await page.getByText('<script>window.ran=1</script>').waitFor();
    await page.getByText('<img src=x onerror').waitFor();
    expect(await page.evaluate('"ran" in window')).toBe(false);
    await api('DELETE', pathOf(id));
  });

  test('a viewer sees everything and may press nothing that changes', async () => {
    const page = await open({ role: 'viewer' });
    await rowOf(page, 'Gateway').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    for (const name of [/^Add/, /^Edit/, /^Actions for/, /^Restart/])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.getByRole('button', { name: 'API usage information of Gateway' }).click();
    await page.getByRole('dialog').getByText('Workflow ID').waitFor();
    expect(await page.getByRole('button', { name: 'Restart Source' }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('the status tooltip', () => {
  test('opens on the pointer and on focus, says what is wrong and what to do, and closes on Escape', async () => {
    const page = await open();
    const status = rowOf(page, 'Misconfigured').getByRole('button', { name: 'Status: Error' });
    const tip = rowOf(page, 'Misconfigured').getByRole('tooltip');
    await status.hover();
    await tip.getByText('Error Code').waitFor();
    await tip.getByText(/InvalidClientIdentifier|invalid_client/).waitFor();
    await tip.getByText('To resolve this error').waitFor();
    await tip.getByText('Update the source with the right client ID and secret.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'collection-error-tooltip');
    await tip.hover();
    expect(await tip.isVisible()).toBe(true);
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'hidden' });
    await status.focus();
    await tip.waitFor();
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'hidden' });
    await focused(page, status);
    await page.keyboard.press('Tab');
    const described = await status.getAttribute('aria-describedby');
    expect(described).toBe(await rowOf(page, 'Misconfigured').locator('[role=tooltip]').last().getAttribute('id'));
  });

  test('of the health lists the open health events', async () => {
    const page = await open();
    const misconfigured = rowOf(page, 'Misconfigured');
    await misconfigured.getByRole('button', { name: 'Health: Error' }).focus();
    await misconfigured.getByText('Open health events. Errors: 1, warnings: 0').waitFor();
    await misconfigured.getByText(/^Error: authenticate: InvalidClientIdentifier/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await rowOf(page, 'Gateway').getByRole('button', { name: 'Health: Healthy' }).focus();
    await rowOf(page, 'Gateway').getByText('No open health events.').waitFor();
  });

  test('opens when it is touched', async () => {
    const page = await open({ hasTouch: true });
    await rowOf(page, 'Misconfigured').getByRole('button', { name: 'Status: Error' }).tap();
    await rowOf(page, 'Misconfigured').getByRole('tooltip').getByText('Error Code').waitFor();
  });
});

test.runIf(process.env.MIMECAST_PICTURES === '1')('a picture of a healthy collection', async () => {
  await api('DELETE', pathOf(idOf('Misconfigured')));
  const page = await open();
  await rowOf(page, 'Gateway').getByText('caught up').waitFor();
  await rowOf(page, 'Archive').getByText('caught up').waitFor();
  await picture(page, 'collection-healthy');
});
