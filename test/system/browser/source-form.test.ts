/** Adding and editing sources and collectors: the form, its JSON, mistakes, conflicts, fields, rules. */

import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiKeyService } from '../../../src/management/keys/api-key-service.js';
import { signInAddress } from '../../../src/management/keys/sign-in.js';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { focused } from '../../support/collection-page.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { S3_KEYS, S3_REGION, s3Server } from '../../support/s3-server.js';

// No worker: a source is Pending, and all that is tested here is what is stored.
const { get: stack, collections } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const { get: server, api } = apiServer({ collections, client: () => stack().client });
const { open, openSignedOut } = browsing({ collections, server });

const s3 = s3Server();

let collectorId = 0;
beforeAll(async () => {
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'Cloud' } },
  });
  collectorId = json.collector.id;
});

async function newSource(name: string, config: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = sourceFile(stack().simulator, { name, ...config });
  const path = `v1/collectors/${collectorId}/sources`;
  return `${path}/${(await api<{ source: { id: number } }>('POST', path, { body })).json.source.id}`;
}

const configAt = async (path: string) =>
  (await api<{ source: { config: Record<string, unknown> } }>('GET', path)).json.source.config;
const configOf = async (name: string) => {
  const { json } = await api<{ sources: { id: number; name: string }[] }>(
    'GET',
    `v1/collectors/${collectorId}/sources`,
  );
  const found = json.sources.find((source) => source.name === name);
  return configAt(`v1/collectors/${collectorId}/sources/${found?.id}`);
};
const edit = async (page: Page, name: string): Promise<Locator> => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.locator('.menu:popover-open').getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).waitFor();
  return page.getByRole('dialog');
};
const save = (dialog: Locator) => dialog.getByRole('button', { name: 'Save', exact: true }).click();
const accessible = async (page: Page) => {
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
};

describe.skipIf(CHROMIUM === undefined)('the form', () => {
  test('has the fields of the documentation in its order, and adds a source', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Add Source to Cloud' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name (required)').fill('Added');
    const text = await dialog.innerText();
    const order = [
      'Name',
      'Description',
      'Source Category',
      'Forward to SIEM',
      '+Add Field',
      'Client ID',
      'Client Secret',
    ];
    const places = [...order, 'Supported API to collect', '+Add Rule', 'More'].map((label) => text.indexOf(label));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    await dialog.getByLabel('Source Category').fill('email/added');
    await dialog.getByLabel('Forward to SIEM').check();
    await dialog.getByLabel('Client ID').fill('sim-client-1');
    await dialog.getByLabel('Client Secret').fill('sim-secret-1');
    await dialog.getByLabel('Audit', { exact: true }).check();
    await dialog.getByLabel('SIEM', { exact: true }).check();
    await dialog.locator('summary', { hasText: 'More' }).click();
    await dialog.getByLabel('Base URL').fill(stack().simulator.url);
    await dialog.getByLabel('Poll interval').fill('1m');
    await accessible(page);
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByText(/Mimecast issued a token/).waitFor();
    await save(dialog);
    await page.getByText('The source Added was added.').waitFor();
    await page.getByRole('rowheader', { name: 'Added' }).waitFor();
    expect(await configOf('Added')).toMatchObject({
      category: 'email/added',
      fields: { _siemForward: true },
      dataCollection: ['siem', 'auditEvent'],
      pollInterval: '1m',
      clientSecret: '********',
    });
  });

  test('a source that reads a bucket: keys of the bucket in place of the API’s, and of each stream’s prefix', async () => {
    const bucket = await s3.newBucket();
    await bucket.put('logs/receipt/1.json', '{"type":"receipt","aggregateId":"1"}');
    const page = await open({ allowed: /400/ });
    await page.getByRole('button', { name: 'Add Source to Cloud' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name (required)').fill('From a bucket');
    await dialog.getByLabel('Client ID').fill('of no use');
    await dialog.getByLabel('SIEM', { exact: true }).check();
    await dialog.getByLabel('Collection method').selectOption('A bucket (S3)');
    expect(await dialog.getByLabel('Client ID').count()).toBe(0);
    await dialog.locator('summary', { hasText: 'More' }).click();
    await dialog.getByLabel('Poll interval').waitFor();
    for (const label of ['Base URL', 'Backfill', 'Overlap']) expect(await dialog.getByLabel(label).count()).toBe(0);
    await save(dialog);
    await dialog.getByText('missing; must be an object with "bucket" and "region"').waitFor();
    // Those of an export, which is optional, have the same labels.
    const ofBucket = dialog.getByRole('group', { name: 'S3', exact: true });
    await ofBucket.getByLabel('Bucket (required)').fill(bucket.name);
    await save(dialog);
    const region = ofBucket.getByLabel('Region (required)');
    await region.and(page.locator(':focus')).waitFor();
    expect(await region.getAttribute('aria-invalid')).toBe('true');
    await region.fill(S3_REGION);
    await ofBucket.getByLabel('Endpoint', { exact: true }).fill(s3.endpoint);
    await ofBucket.getByLabel('Access Key ID').fill(S3_KEYS.admin.accessKeyId);
    await ofBucket.getByLabel('Secret Access Key').fill(S3_KEYS.admin.secretAccessKey);
    await ofBucket.getByLabel('Exclude (one in each line)').fill('*.md\n[\n');
    await save(dialog);
    await ofBucket.getByText('must have a ] for each [').waitFor();
    await ofBucket.getByLabel('Exclude (one in each line)').fill('*.md\n**/tmp/**\n');
    await dialog.locator('summary', { hasText: 'Each by itself' }).click();
    await dialog.getByRole('textbox', { name: 'Receipt' }).fill('logs/receipt/');
    await accessible(page);
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByRole('status').getByText(bucket.name).waitFor();
    await save(dialog);
    await page.getByText('The source From a bucket was added.').waitFor();
    const config = await configOf('From a bucket');
    expect(config).toMatchObject({
      collectionMethod: 's3',
      s3: { bucket: bucket.name, secretAccessKey: '********', prefixes: { receipt: 'logs/receipt/' } },
    });
    expect(config).toMatchObject({ s3: { exclude: ['*.md', '**/tmp/**'] } });
    expect(config).not.toHaveProperty('clientID');
    const again = await edit(page, 'From a bucket');
    expect(await again.getByLabel('Collection method').isDisabled()).toBe(true);
    expect(await again.getByRole('textbox', { name: 'Receipt' }).inputValue()).toBe('logs/receipt/');
  });

  test('the server’s mistakes stand beside the fields that they name', async () => {
    const page = await open({ allowed: /400/ });
    await page.getByRole('button', { name: 'Add Source to Cloud' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name (required)').fill('Wrong');
    await dialog.locator('summary', { hasText: 'More' }).click();
    await dialog.getByLabel('Poll interval').fill('often');
    await save(dialog);
    const clientId = dialog.getByLabel('Client ID');
    await dialog.locator('.wrong', { hasText: 'missing' }).first().waitFor();
    expect(await clientId.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.getByLabel('Poll interval').getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.getByLabel('Name (required)').getAttribute('aria-invalid')).toBeNull();
    await clientId.and(page.locator(':focus')).waitFor();
    expect(await dialog.getByLabel('Poll interval').inputValue()).toBe('often');
    await accessible(page);
    await newSource('Taken');
    for (const [label, value] of [
      ['Name (required)', 'Taken'],
      ['Client ID', 'x'],
      ['Client Secret', 'y'],
      ['Poll interval', ''],
    ] as const)
      await dialog.getByLabel(label).fill(value);
    await dialog.getByLabel('DLP').check();
    await save(dialog);
    await dialog.locator('.field', { hasText: 'Name' }).getByText('already exists').first().waitFor();
  });

  test('fields are marked by whether they exist, and nonexistent ones can be added with the source', async () => {
    await api('POST', 'v1/fields', { body: { fieldName: 'Team' } });
    const path = await newSource('Fielded');
    const page = await open();
    const dialog = await edit(page, 'Fielded');
    const add = async (n: number, name: string, value: string) => {
      await dialog.getByRole('button', { name: '+Add Field' }).click();
      await dialog.getByLabel(`Name of field ${n}`).and(page.locator(':focus')).waitFor();
      await page.keyboard.type(name);
      await page.keyboard.press('Tab');
      await page.keyboard.type(value);
    };
    await add(1, 'team', 'blue');
    await dialog.getByRole('img', { name: 'This field exists in the Fields table schema.' }).waitFor();
    expect(await dialog.getByText('Automatically add all nonexistent fields').count()).toBe(0);
    await add(2, 'office', 'Berlin');
    await dialog.getByRole('img', { name: /does not exist/ }).waitFor();
    await dialog.getByText('A field that does not exist in the schema is dropped.').waitFor();
    await add(3, 'TEAM', 'red');
    await dialog.getByText('This name is used twice').waitFor();
    await dialog.getByRole('button', { name: 'Remove field TEAM', exact: true }).click();
    await accessible(page);
    await dialog.getByLabel(/Automatically add all nonexistent fields/).check();
    await dialog.getByLabel('Name (required)').scrollIntoViewIfNeeded();
    await picture(page, 'source-form');
    await save(dialog);
    await page.getByText('The source Fielded was saved.').waitFor();
    expect(await configAt(path)).toMatchObject({ fields: { team: 'blue', office: 'Berlin' } });
    const { json } = await api<{ data: { fieldName: string }[] }>('GET', 'v1/fields');
    expect(json.data.map(({ fieldName }) => fieldName)).toContain('office');
  });

  test('the JSON is another view of the same; what one changes the other shows', async () => {
    const path = await newSource('Viewed', { description: 'before' });
    const page = await open();
    const dialog = await edit(page, 'Viewed');
    await dialog.getByLabel('Description').fill('in the form');
    await dialog.getByRole('button', { name: 'JSON' }).click();
    const json = dialog.getByLabel('JSON of the source');
    const file = JSON.parse(await json.inputValue());
    expect(file).toMatchObject({ 'api.version': 'v1', source: { config: { description: 'in the form' } } });
    await accessible(page);
    await json.fill('{');
    await dialog.getByRole('button', { name: 'Form' }).click();
    await dialog.getByText('Invalid JSON').waitFor();
    file.source.config.description = 'in the JSON';
    await json.fill(JSON.stringify(file));
    await dialog.getByRole('button', { name: 'Form' }).click();
    expect(await dialog.getByLabel('Description').inputValue()).toBe('in the JSON');
    await save(dialog);
    await page.getByText('The source Viewed was saved.').waitFor();
    expect(await configAt(path)).toMatchObject({ description: 'in the JSON' });
  });

  test('a change by somebody else is told, and nothing that was entered is lost', async () => {
    const path = await newSource('Shared');
    const page = await open({ allowed: /412/ });
    const dialog = await edit(page, 'Shared');
    await dialog.getByLabel('Description').fill('mine');
    const theirs = sourceFile(stack().simulator, { name: 'Shared', description: 'theirs' });
    await api('PUT', path, { body: theirs });
    await save(dialog);
    await dialog.getByText('Somebody else has changed this since you opened it.').waitFor();
    await dialog.getByText('description: nothing → "theirs"').waitFor();
    expect(await dialog.getByLabel('Description').inputValue()).toBe('mine');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Overwrite with my changes' }).click();
    await page.getByText('The source Shared was saved.').waitFor();
    expect(await configAt(path)).toMatchObject({ description: 'mine' });
  });

  test('that cannot be read now is told, and saving can be tried again', async () => {
    const path = await newSource('Unread');
    const page = await open({ allowed: /412|500/ });
    const dialog = await edit(page, 'Unread');
    await dialog.getByLabel('Description').fill('mine');
    await api('PUT', path, { body: sourceFile(stack().simulator, { name: 'Unread', description: 'theirs' }) });
    await page.route(`**/api/${path}`, (route) =>
      route.request().method() === 'GET'
        ? route.fulfill({ status: 500, json: { message: 'broken' } })
        : route.continue(),
    );
    await save(dialog);
    await dialog.getByText('their version cannot be read now. Save again.').waitFor();
    await page.unroute(`**/api/${path}`);
    await save(dialog);
    await dialog.getByText('description: nothing → "theirs"').waitFor();
    expect(await dialog.getByText('cannot be read now').count()).toBe(0);
  });

  test('a test of the connection holds for what was tested only', async () => {
    await newSource('Tested');
    const page = await open();
    const dialog = await edit(page, 'Tested');
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByText('Mimecast issued a token').waitFor();
    await dialog.getByLabel('Description').fill('changed');
    await dialog.getByText('Mimecast issued a token').waitFor({ state: 'detached' });
    let answer = () => undefined as unknown;
    const asked = new Promise<void>((resolve) => {
      void page.route('**/sources/validate', (route) => {
        answer = () => route.continue();
        resolve();
      });
    });
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await asked;
    await dialog.getByLabel('Description').fill('changed again');
    const answered = page.waitForResponse('**/sources/validate');
    answer();
    await (await answered).finished();
    expect(await dialog.getByText('Mimecast issued a token').count()).toBe(0);
  });

  test('or loaded in place of what was entered', async () => {
    const path = await newSource('Yielding');
    const page = await open({ allowed: /412/ });
    const dialog = await edit(page, 'Yielding');
    await dialog.getByLabel('Description').fill('mine');
    await api('PUT', path, { body: sourceFile(stack().simulator, { name: 'Yielding', description: 'theirs' }) });
    await save(dialog);
    await dialog.getByRole('button', { name: 'Discard my changes' }).click();
    expect(await dialog.getByLabel('Description').inputValue()).toBe('theirs');
    await save(dialog);
    await page.getByText('The source Yielding was saved.').waitFor();
  });

  test('Escape does not lose what was entered without asking, and the focus returns', async () => {
    await newSource('Escaped');
    const page = await open();
    const dialog = await edit(page, 'Escaped');
    await dialog.getByLabel('Description').fill('entered');
    await page.keyboard.press('Escape');
    await page.getByText('You have unsaved changes.').waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.first().getByLabel('Description').inputValue()).toBe('entered');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Actions for Escaped' }).and(page.locator(':focus')).waitFor();
  });
});

describe.skipIf(CHROMIUM === undefined)('processing rules', () => {
  test('are tried out on a pasted record, and saved in their order', async () => {
    const path = await newSource('Ruled');
    const page = await open({ allowed: /400/ });
    const dialog = await edit(page, 'Ruled');
    await dialog.getByRole('button', { name: '+Add Rule' }).click();
    await dialog.getByLabel('Type of rule 1').selectOption('Mask');
    await dialog.getByLabel('Name of rule 1').fill('senders');
    await dialog.getByLabel('Mask of rule 1').fill('hidden');
    await dialog.getByLabel('Regular expression of rule 1').fill('"sender":"([^"]+)"');
    await dialog.getByRole('button', { name: '+Add Rule' }).click();
    await dialog.getByLabel('Name of rule 2').fill('tests');
    await dialog.getByLabel('Regular expression of rule 2').fill('.*"subject":"test.*');
    await dialog.locator('summary', { hasText: 'Try the rules on a record' }).click();
    const record = dialog.getByLabel(/Record as Mimecast sends it/);
    await record.fill(JSON.stringify({ subject: '<b>hello</b>', sender: 'dan@demo.com' }, null, 2));
    await dialog.getByRole('button', { name: 'Try', exact: true }).click();
    await dialog.getByText('{"subject":"<b>hello</b>","sender":"hidden"}').waitFor();
    await accessible(page);
    await record.fill('{"subject":"test","sender":"x"}');
    await dialog.getByRole('button', { name: 'Try', exact: true }).click();
    await dialog.getByText('Line 1: excluded (tests)').waitFor();
    await dialog.getByLabel('Regular expression of rule 1').fill('(?=x)');
    await dialog.getByRole('button', { name: 'Try', exact: true }).click();
    await dialog
      .getByRole('alert')
      .getByText(/look-ahead/)
      .waitFor();
    await save(dialog);
    await dialog
      .locator('.rule')
      .first()
      .getByText(/look-ahead/)
      .waitFor();
    await dialog.getByLabel('Regular expression of rule 1').fill('"sender":"([^"]+)"');
    await dialog.getByRole('button', { name: 'Move rule 2 up' }).click();
    await save(dialog);
    await page.getByText('The source Ruled was saved.').waitFor();
    expect(await configAt(path)).toMatchObject({
      filters: [
        { filterType: 'Exclude', name: 'tests' },
        { filterType: 'Mask', name: 'senders', mask: 'hidden' },
      ],
    });
  });
});

describe.skipIf(CHROMIUM === undefined)('collectors', () => {
  test('are added, edited, and deleted while they are empty', async () => {
    const page = await open({ allowed: /400/ });
    await page.getByRole('button', { name: 'Add Collector' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name (required)').fill('Cloud');
    await accessible(page);
    await save(dialog);
    await dialog.locator('.wrong', { hasText: 'already exists' }).waitFor();
    await dialog.getByLabel('Name (required)').fill('Second');
    await save(dialog);
    await page.getByText('The collector Second was added.').waitFor();
    expect(await page.getByRole('button', { name: 'Delete collector Cloud' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Edit collector Second' }).click();
    await dialog.getByLabel('Description').fill('of a test');
    await page.keyboard.press('Escape');
    await page.getByText('You have unsaved changes.').waitFor();
    await page.keyboard.press('Escape');
    await save(dialog);
    await page.getByText('of a test').waitFor();
    await page.getByRole('button', { name: 'Delete collector Second' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The collector Second was deleted.').waitFor();
    await page.getByRole('rowheader', { name: /^Second/ }).waitFor({ state: 'detached' });
  });
});

describe.skipIf(CHROMIUM === undefined)('the focus, by keyboard alone,', () => {
  const press = async (page: Page, button: Locator, key = 'Enter') => {
    await button.focus();
    await page.keyboard.press(key);
  };

  // On a slow machine a form is seen loading first, and one dialog takes the place of another.
  test.each([1, 6])(
    'returns to what opened the form of a collector, and stays in the form while that cannot be saved, on a processor %i times slower',
    async (rate) => {
      const page = await open({ allowed: /500|400/ });
      await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate });
      const [third, changed] = [`Third ${rate}`, `A new name ${rate}`];
      const dialog = page.getByRole('dialog');
      const add = page.getByRole('button', { name: 'Add Collector' });
      await press(page, add);
      await dialog.getByLabel('Name (required)').fill(third);
      await page.route('**/api/v1/collectors', (route) => route.fulfill({ status: 500, json: { message: 'broken' } }));
      const saving = dialog.getByRole('button', { name: 'Save', exact: true });
      await press(page, saving);
      await dialog.getByText('broken').waitFor();
      await focused(page, saving);
      await page.unroute('**/api/v1/collectors');
      await page.keyboard.press('Enter');
      await page.getByText(`The collector ${third} was added.`).waitFor();
      await page.getByRole('rowheader', { name: new RegExp(`^${third}`) }).waitFor();
      await focused(page, add);

      const editing = page.getByRole('button', { name: `Edit collector ${third}` });
      await press(page, editing);
      await dialog.getByLabel('Name (required)').fill(changed);
      await press(page, saving);
      await page.getByText(`The collector ${changed} was saved.`).waitFor();
      await focused(page, page.getByRole('button', { name: `Edit collector ${changed}` }));
    },
  );

  test('goes to the table when its row has gone', async () => {
    await api('POST', 'v1/collectors', { body: { collector: { name: 'Going' } } });
    const page = await open();
    await press(page, page.getByRole('button', { name: 'Delete collector Going' }));
    await press(page, page.getByRole('dialog').getByRole('button', { name: 'Confirm' }));
    await page.getByRole('rowheader', { name: /^Going/ }).waitFor({ state: 'detached' });
    await focused(page, page.getByRole('region', { name: 'Collectors and their sources' }));
  });
});

describe.skipIf(CHROMIUM === undefined)('when the session ends while somebody types', () => {
  const allowed = /401 \(Unauthorized\)/;
  const signIn = async (page: Page, { accessId, accessKey }: { accessId: string; accessKey: string }) => {
    const asking = page.getByRole('dialog', { name: 'Your session has ended' });
    await asking.getByLabel('Access ID').fill(accessId);
    await asking.getByLabel('Access key').fill(accessKey);
    await page.keyboard.press('Enter');
    await asking.waitFor({ state: 'detached' });
  };

  test('the form stays behind the question to sign in again, and is then saved', async () => {
    await newSource('Interrupted');
    const page = await open({ allowed });
    const dialog = await edit(page, 'Interrupted');
    await dialog.getByLabel('Description').fill('a long text');
    await page.context().clearCookies();
    // The page may find out by itself just before, and ask already.
    await dialog.getByRole('button', { name: 'Save', exact: true }).dispatchEvent('click');
    const asking = page.getByRole('dialog', { name: 'Your session has ended' });
    await asking.waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('accessId');
    await accessible(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await asking.getByLabel('Access ID').fill('nobody');
    await asking.getByLabel('Access key').fill('wrong');
    await page.keyboard.press('Enter');
    await asking.getByText('The access ID or the access key is wrong.').waitFor();
    await signIn(page, server().admin);
    expect(await dialog.getByLabel('Description').inputValue()).toBe('a long text');
    await save(dialog);
    await dialog.waitFor({ state: 'detached' });
    expect(await configOf('Interrupted')).toMatchObject({ description: 'a long text' });
  });

  test('so it does for somebody else', async () => {
    const keys = new ApiKeyService(collections);
    const { accessId } = await keys.create({ role: 'administrator' });
    const page = await openSignedOut({
      path: (await signInAddress(collections, server().url, accessId)).slice(server().url.length),
      allowed,
    });
    await page.getByRole('button', { name: 'Add Collector' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add Collector' });
    await dialog.getByLabel('Name (required)').fill('By two');
    await keys.remove(accessId);
    // The page finds out by itself when it loads what it shows again.
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await signIn(page, server().admin);
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('The collector By two was added.').waitFor();
  });
});
