/** The page of one source: how it does, and what can be asked of it. */

import { beforeAll, describe, expect, test } from 'vitest';
import { picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { openAndLeave, tabTo } from '../../support/keyboard.js';
import { expectAccessible, part, sourcePages, UI } from '../../support/source-page.js';
import { until } from '../../support/until.js';

const { api, apiPath, newSource, inState, caughtUp, openSource, open, status } = sourcePages();

/** Collects all streams. */
let healthy = 0;
/** Its credentials are wrong. */
let failing = 0;
/** Is restarted, stopped and started. */
let steered = 0;
const HOSTILE = 'Steered <img src=x onerror="hostile()">';

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  healthy = await newSource('Mail of Berlin');
  failing = await newSource('Wrong', { clientSecret: 'wrong' });
  steered = await newSource(HOSTILE, { dataCollection: ['dlp'] });
  for (const id of [healthy, steered]) await caughtUp(id);
  await inState(failing, 'Error');
});

describe.skipIf(CHROMIUM === undefined)('the page of a source', () => {
  test('says how the source does, lights its state, and lists its streams', async () => {
    const page = await openSource(healthy, { query: '?since=6h', viewport: { width: 1280, height: 1860 } });
    await page.getByRole('heading', { name: 'Mail of Berlin', level: 1 }).waitFor();
    expect(await page.title()).toBe('Mail of Berlin · Mimecast Source');
    const lit = page.getByRole('list', { name: 'Lifecycle' }).locator('[aria-current=step]');
    expect((await lit.allInnerTexts()).join()).toContain('Collecting: the present state');
    await page.locator('svg.wide .present').getByText('Collecting').waitFor();
    await page.getByText('Records are being collected from Mimecast.').waitFor();
    const { snapshot } = await status(healthy);
    const receipt = snapshot?.streams.find(({ stream }) => stream === 'receipt');
    const row = part(page, 'Streams').getByRole('row', { name: /^receipt/ });
    const [state, newest, position, ...rest] = await row.getByRole('cell').allInnerTexts();
    expect([state, newest, position]).toEqual(['waiting', expect.stringMatching(/^\d{4}-/), receipt?.position]);
    expect(rest.slice(0, 4)).toEqual([(receipt?.stored ?? 0).toLocaleString('en-US'), '0', '0', 'caught up']);
    expect(rest.at(-2)).toMatch(/^in \d+ (h|min)/);
    // What the page has seen for a moment has a rate.
    await row.getByText('0/s').waitFor();
    const link = page.getByRole('link', { name: 'in the Temporal Web UI' });
    expect(await link.getAttribute('href')).toBe(`${UI}/namespaces/default/workflows/mimecast-source-${healthy}`);
    await page.locator('.chart canvas').waitFor();
    await expectAccessible(page);
    await picture(page, 'source-page');
  });

  test('in error, says what is wrong in the words of the server, and what to do', async () => {
    const page = await openSource(failing, { viewport: { width: 1280, height: 1000 } });
    const { json } = await api<{ view: { problems: { message: string; next: string; code: string }[] } }>(
      'GET',
      `v1/sources/${failing}`,
    );
    const [problem] = json.view.problems;
    const shown = page.getByRole('region', { name: 'Present problems' });
    for (const text of [problem?.message, problem?.next, problem?.code]) await shown.getByText(text ?? '?').waitFor();
    await page.locator('svg.wide .failing').getByText('Error').waitFor();
    await part(page, 'Health events').locator('li.open').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'source-page-error');
  });

  test('Restart Source by keyboard: a confirm step, a notification, the focus comes back, the audit trail has it', async () => {
    const page = await openSource(steered);
    const button = page.getByRole('button', { name: 'Restart Source' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Restart Source' });
    await dialog.getByText(HOSTILE).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await status(steered)).snapshot?.restarts).toBe(0);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Confirm' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The restart of the source was initiated.').waitFor();
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.locator('.facts div', { hasText: 'Restarts' }).getByText('1').waitFor();
    await part(page, 'Audit trail')
      .getByRole('row', { name: /restart done/ })
      .waitFor();
  });

  test('Collect now; Stop and Start Source, each usable only when it can be used', async () => {
    const page = await openSource(steered);
    await page.getByRole('button', { name: 'Collect now', exact: true }).click();
    await page.getByText('The source is polling now.').waitFor();
    const usable = (name: string, is: boolean) =>
      page.getByRole('group', { name: 'Actions' }).locator(`button[aria-disabled=${!is}]`, { hasText: name }).waitFor();
    await usable('Start Source', false);
    await page.getByRole('button', { name: 'Stop Source' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.locator('svg.wide .present').getByText('Stopped').waitFor();
    for (const name of ['Collect now', 'Restart Source', 'Stop Source']) await usable(name, false);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Start Source', exact: true }).click();
    await page.locator('svg.wide .present').getByText('Collecting').waitFor();
    await usable('Stop Source', true);
  });

  test('a stream that waits is polled by itself, by keyboard, and the others keep their next poll', async () => {
    const page = await openSource(healthy);
    const checked = async (name: string) =>
      (await status(healthy)).snapshot?.streams.find(({ stream }) => stream === name)?.checkedAt;
    const [spam, audit] = [await checked('spam'), await checked('audit')];
    const row = part(page, 'Streams').getByRole('row', { name: /^audit/ });
    await tabTo(page, /^Collect now: audit$/);
    const button = row.getByRole('button', { name: 'Collect now: audit', exact: true });
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The source is polling audit now.').waitFor();
    await until(
      () => checked('audit'),
      (at) => at !== audit,
    );
    expect(await checked('spam')).toBe(spam);
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    const noted = part(page, 'Audit trail').getByRole('row', { name: /collectNow done/ });
    await noted.locator('summary').click();
    await noted.getByText('"audit"').waitFor();
    await expectAccessible(page);
  });

  test('a stream that cannot be polled has no button; the focus stays near when a button goes', async () => {
    const page = await openSource(healthy);
    const region = page.getByRole('region', { name: 'Table of streams' });
    const button = (stream: string) => region.getByRole('button', { name: `Collect now: ${stream}`, exact: true });
    await button('dlp').focus();
    await page.route(`**/api/v1/sources/${healthy}`, async (route) => {
      const { view, ...rest } = await (await route.fetch()).json();
      const phases: Readonly<Record<string, string>> = { receipt: 'collecting', spam: 'retrying', dlp: 'parked' };
      const streams = view.streams.map((each: { stream: string; phase: string }) => {
        return { ...each, phase: phases[each.stream] ?? each.phase };
      });
      await route.fulfill({ json: { ...rest, view: { ...view, streams } } });
    });
    for (const stream of ['receipt', 'spam', 'dlp']) await button(stream).waitFor({ state: 'detached' });
    await button('audit').waitFor();
    await until(
      () => region.evaluate((element) => element === element.ownerDocument.activeElement),
      (is) => is,
    );
    await page.unrouteAll({ behavior: 'wait' });
  });

  test('all of it is reached by keyboard, and the focus returns from each dialog', async () => {
    const page = await openSource(healthy);
    await part(page, 'Audit trail').getByRole('row').first().waitFor();
    await page.getByRole('link', { name: 'Skip to content' }).focus();
    await page.keyboard.press('Enter');
    const dialogs = [
      ['Restart Source', 'Restart Source'],
      ['Stop Source', 'Stop Source'],
    ] as const;
    for (const [button, dialog] of dialogs) {
      await tabTo(page, new RegExp(`^${button}`));
      await openAndLeave(page, page.getByRole('button', { name: button }), dialog, 'Space');
    }
    await tabTo(page, /^Copy the workflow ID/);
    await tabTo(page, /^As a table/);
    await page.keyboard.press('Enter');
    await part(page, 'Volume').getByRole('table').waitFor();
    for (const kind of ['Verify', 'Backfill']) {
      await tabTo(page, new RegExp(`^${kind}…`));
      await openAndLeave(page, page.getByRole('button', { name: `${kind}…` }), kind);
    }
    await tabTo(page, /^Show$/);
    await page.keyboard.press('Space');
    await part(page, 'Audit trail').locator('details[open]').waitFor();
  });

  test('what is refused is told, and why', async () => {
    const page = await openSource(healthy, { allowed: /409/ });
    // As if another one had deleted it a moment ago.
    await page.route('**/action/collectNow', (route) =>
      route.fulfill({ status: 409, json: { status: 409, code: 'a.code', message: 'It is being deleted.' } }),
    );
    await page.getByRole('button', { name: 'Collect now', exact: true }).click();
    await page.getByRole('alert').getByText('It is being deleted.').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Collect now: audit' }).click();
    await page.getByRole('alert').getByText('It is being deleted.').waitFor();
  });

  test('a change is shown at once; focus, what is open, and the scrolled place stay', async () => {
    const page = await openSource(steered);
    const details = part(page, 'Audit trail').locator('details').first();
    await details.locator('summary').click();
    await details.locator('summary').focus();
    const scrolled = await page.evaluate('scrollY');
    expect(scrolled).toBeGreaterThan(0);
    await api('POST', apiPath(steered, '/action/stop'));
    await page.locator('svg.wide .present').getByText('Stopped').waitFor();
    await part(page, 'Audit trail')
      .getByRole('row', { name: /stop done/ })
      .nth(1)
      .waitFor();
    expect(await details.locator('summary').evaluate((it) => it === it.ownerDocument.activeElement)).toBe(true);
    expect(await page.locator('details[open] pre').count()).toBeGreaterThan(0);
    expect(Math.abs(Number(await page.evaluate('scrollY')) - Number(scrolled))).toBeLessThan(120);
    await api('POST', apiPath(steered, '/action/start'));
    await page.locator('svg.wide .present').getByText('Collecting').waitFor();
  });

  test('a viewer sees all of it, and no button that changes anything', async () => {
    const page = await openSource(healthy, { role: 'viewer' });
    await part(page, 'Audit trail')
      .getByRole('row', { name: /create done/ })
      .waitFor();
    const names = await page.getByRole('main').getByRole('button').allInnerTexts();
    expect(names.join()).toContain('Copy');
    expect(names.join()).not.toMatch(/Restart|Stop|Start|Collect|Verify|Backfill|Cancel/);
  });

  test('the workflow ID is copied', async () => {
    const page = await openSource(healthy, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy the workflow ID' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`mimecast-source-${healthy}`);
  });

  test('while no worker answers, it says so and shows what is known; without an address of the Web UI, no link', async () => {
    const page = await openSource(healthy);
    await page.route(`**/api/v1/sources/${healthy}`, async (route) => {
      const { view: _view, workflowUrl: _url, ...known } = await (await route.fetch()).json();
      await route.fulfill({ json: { ...known, note: 'No worker has polled for 75 s.' } });
    });
    await page.getByText('No worker has polled for 75 s.').waitFor();
    await part(page, 'Streams').getByText('Stream status is currently unavailable.').waitFor();
    await page.locator('code', { hasText: `mimecast-source-${healthy}` }).waitFor();
    expect(await page.getByRole('link', { name: 'Temporal Web UI' }).count()).toBe(0);
    await expectAccessible(page);
    await page.unrouteAll({ behavior: 'wait' });
  });

  test('while the server does not answer, the page keeps what it shows and says so', async () => {
    const page = await openSource(healthy, { allowed: /ERR_FAILED|net::/ });
    await page.route(`**/api/v1/sources/${healthy}`, (route) => route.abort());
    await page.getByText('The server cannot be reached.').first().waitFor();
    await page.getByRole('heading', { name: 'Mail of Berlin' }).waitFor();
    await page.unroute(`**/api/v1/sources/${healthy}`);
    await page.getByText('The server cannot be reached.').first().waitFor({ state: 'detached' });
  });

  test('of a source that there is not, the page says so', async () => {
    const page = await open({ path: '/sources/987654', allowed: /404/ });
    await page.getByText('The specified source ID is invalid.').waitFor();
    await page.getByRole('link', { name: 'Go to the Collection page.' }).click();
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
  });

  test('a phone shows it without a page that is wider than the screen', async () => {
    const page = await openSource(failing, { viewport: { width: 375, height: 700 } });
    await page.locator('svg.narrow .failing').getByText('Error').waitFor();
    await page.locator('.chart canvas').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await expectAccessible(page);
  });
});
