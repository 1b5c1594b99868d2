/** What can be done from the Collection page: API usage information, restart, actions on one and on several sources. */

import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PlacedClient } from '../../../src/management/temporal/temporal-command.js';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { choose, collectionSources, focused, rowOf } from '../../support/collection-page.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { until } from '../../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 60_000, historyRate: 2, rate: 0 });
const PLACE = 'temporal.test:7233';
const { get: server, api } = apiServer({
  collections,
  client: () => new PlacedClient({ connection: stack().client.connection, namespace: 'default' }, PLACE),
});
const { open } = browsing({ collections, server });
const { newCollector, newSource, idOf, pathOf, inState } = collectionSources({ api }, stack);

let collectorId = 0;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  await stack().startWorker();
  collectorId = await newCollector({ name: 'Cloud' });
  await newSource('Gateway');
  await newSource('Archive', { dataCollection: ['auditEvent'] });
  await newSource('Misconfigured', { clientSecret: 'wrong' });
  for (const name of ['Gateway', 'Archive']) await inState(idOf(name), 'Collecting');
  await inState(idOf('Misconfigured'), 'Error');
});

describe.skipIf(CHROMIUM === undefined)('the API usage information', () => {
  test('has identifiers, commands to copy and the JSON, without the secret', async () => {
    const page = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const id = idOf('Gateway');
    await page.route(`**/api/v1/sources/${id}`, async (route) => {
      const details = await (await route.fetch()).json();
      expect(details.temporal).toEqual({ address: PLACE, namespace: 'default', flags: ` --address ${PLACE}` });
      const temporal = { address: PLACE, namespace: 'mail', flags: ` --address ${PLACE} --namespace mail` };
      await route.fulfill({ json: { ...details, temporal } });
    });
    await page.getByRole('button', { name: 'API usage information of Gateway' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('definition').allInnerTexts()).toEqual([
      ...['Gateway', String(id), 'Cloud', String(collectorId), `mimecast-source-${id}`],
    ]);
    await dialog.getByRole('button', { name: 'Copy: Restart the source' }).click();
    await dialog.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `curl -u "$MIMECAST_ACCESS_ID:$MIMECAST_ACCESS_KEY" -X POST ${server().url}/api/${pathOf(id)}/action/restart`,
    );
    for (const name of ['CLI', 'Temporal', 'JSON']) await dialog.locator('summary', { hasText: name }).click();
    await dialog.getByText(`npm run starter -- restart ${id}`, { exact: true }).waitFor();
    await dialog
      .getByText(
        `temporal workflow query --address ${PLACE} --namespace mail --workflow-id mimecast-source-${id} --type status`,
      )
      .waitFor();
    const json = await dialog.getByLabel('Configuration, without the secret', { exact: true }).innerText();
    expect(JSON.parse(json)).toMatchObject({ source: { config: { name: 'Gateway', clientSecret: '********' } } });
    expect(await dialog.innerText()).not.toContain('sim-secret-1');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('Restart Source, confirmed by keyboard alone, is told at the bottom left, and the focus returns', async () => {
    const page = await open();
    const info = page.getByRole('button', { name: 'API usage information of Gateway' });
    await info.focus();
    await page.keyboard.press('Enter');
    const restart = page.getByRole('button', { name: 'Restart Source' });
    await restart.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'restart-dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Confirm' }).waitFor({ state: 'detached' });
    await focused(page, restart);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Gateway: The restart of the source was initiated.').waitFor();
    await focused(page, info);
    const id = String(idOf('Gateway'));
    await until(
      () => stack().service.status(id),
      ({ snapshot }) => (snapshot?.restarts ?? 0) > 0,
    );
    await inState(Number(id), 'Collecting');
    const box = await page.locator('.notices').boundingBox();
    expect(box?.x).toBeLessThan(50);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan(700);
  });

  test('a restart that is refused says why', async () => {
    const page = await open({ allowed: /409/ });
    const id = await newSource('Halted');
    await inState(id, 'Collecting');
    await rowOf(page, 'Halted').waitFor();
    await api('POST', `${pathOf(id)}/action/stop`);
    await inState(id, 'Stopped');
    await page.getByRole('button', { name: 'API usage information of Halted' }).click();
    await page.getByRole('button', { name: 'Restart Source' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page
      .getByRole('alert')
      .getByText(/Restart failed. Halted: .*start it first/)
      .waitFor();
    await api('DELETE', pathOf(id));
  });
});

describe.skipIf(CHROMIUM === undefined)('actions', () => {
  test('of one source: test connection, collect now, stop, start, delete with its Stopping', async () => {
    const id = await newSource('Steered');
    await inState(id, 'Collecting');
    const page = await open();
    const steered = rowOf(page, 'Steered');
    await page.getByRole('button', { name: 'Actions for Steered' }).click();
    await page.locator('.menu:popover-open').getByRole('button', { name: 'Stop' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await choose(page, 'Steered', 'Test connection');
    await page.getByRole('status').getByText('Steered: Mimecast issued a token').waitFor();
    await choose(page, 'Steered', 'Collect now');
    await page.getByText('Steered: The source is polling now.').waitFor();
    await choose(page, 'Steered', 'Stop');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await steered.getByRole('button', { name: 'Stopped' }).waitFor();
    await choose(page, 'Steered', 'Start');
    await steered.getByRole('button', { name: 'Collecting' }).waitFor();
    await choose(page, 'Steered', 'Delete');
    // Enter alone deletes nothing.
    await focused(page, page.getByRole('dialog').getByRole('button', { name: 'Cancel' }));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText(/Steered (was deleted|is stopping)/).waitFor();
    await steered.waitFor({ state: 'detached' });
    // Where its button was is nothing any more; the focus is still in the table.
    expect(await page.evaluate(`document.activeElement?.className`)).toContain('scroll');
  });

  test('a source that is being deleted is shown as Stopping until it has ended', async () => {
    const id = await newSource('Leaving');
    await inState(id, 'Collecting');
    const page = await open();
    await rowOf(page, 'Leaving').waitFor();
    const { sources } = raw(collections);
    await sources.updateOne({ _id: id }, { $set: { deletingAt: new Date() } });
    await rowOf(page, 'Leaving').getByRole('button', { name: 'Stopping' }).waitFor();
    await api('DELETE', pathOf(id));
    await rowOf(page, 'Leaving').waitFor({ state: 'detached' });
  });

  test('a connection that does not work says why', async () => {
    const page = await open();
    await choose(page, 'Misconfigured', 'Test connection');
    await page
      .getByRole('alert')
      .getByText(/Test connection failed. Misconfigured: .*client ID and secret/)
      .waitFor();
  });

  test('of several: those that are selected, and all that are in Error', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Restart all in Error (1)' }).click();
    await page.getByRole('dialog').getByText('Misconfigured (Cloud)').waitFor();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Misconfigured: The restart of the source was initiated.').waitFor();
    await page
      .getByRole('button', { name: /^Restart all in Error/ })
      .and(page.locator(':focus'))
      .waitFor();
    await rowOf(page, 'Gateway').getByRole('checkbox').check();
    await rowOf(page, 'Archive').getByRole('checkbox').check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Collect now the selected sources' }).click();
    await page.getByText('2 sources are polling now.').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('Gateway');
    await page.getByText('1 selected').waitFor();
    await page.getByRole('button', { name: 'Restart all in Error', exact: true, disabled: true }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Select all sources that are shown').check();
    await page.getByText('3 selected').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear selection' }).click();
    expect(await rowOf(page, 'Gateway').getByRole('checkbox').isChecked()).toBe(false);
  });

  test('when none of them is left, the focus goes to their group', async () => {
    for (const name of ['Going 1', 'Going 2']) await newSource(name);
    const page = await open({ path: '/?q=Going' });
    const press = async (what: Locator, key: string) => {
      await what.focus();
      await page.keyboard.press(key);
    };
    await press(page.getByLabel('Select all sources that are shown'), 'Space');
    await press(page.getByRole('button', { name: 'Delete the selected sources' }), 'Enter');
    await press(page.getByRole('dialog').getByRole('button', { name: 'Confirm' }), 'Enter');
    await page.getByText('No source matches the filters.').waitFor();
    await focused(page, page.getByRole('group', { name: 'Bulk actions' }));
  });
});
