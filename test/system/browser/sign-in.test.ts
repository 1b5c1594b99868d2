import { describe, expect, test } from 'vitest';
import { ApiKeyService } from '../../../src/management/keys/api-key-service.js';
import { signInAddress } from '../../../src/management/keys/sign-in.js';
import { apiServer, basic } from '../../support/api-server.js';
import { accessibilityFaults, browsing } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { e2eStack } from '../../support/e2e-stack.js';

const { get: stack, collections, database } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const { get: server, api } = apiServer({ collections, client: () => stack().client });
const { open, openSignedOut } = browsing({ collections, server });

/** The console tells of each answer that is an error. */
const UNAUTHORIZED = /401 \(Unauthorized\)/;

describe.skipIf(CHROMIUM === undefined)('signing in', () => {
  test('with an access ID and key; the session survives a reload and ends with "Sign out"', async () => {
    const page = await openSignedOut({ allowed: UNAUTHORIZED });
    const { accessId, accessKey } = server().admin;
    await page.getByLabel('Access ID').fill(accessId);
    await page.getByLabel('Access key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The access ID or the access key is wrong.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Access key').fill(accessKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access ID').waitFor();
    await page.reload();
    await page.getByLabel('Access ID').waitFor();
  });

  test('an address works once, and its token does not stay in the address bar', async () => {
    const address = await signInAddress(collections, server().url, server().admin.accessId);
    const path = address.slice(server().url.length);
    const page = await openSignedOut({ path });
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    expect(page.url()).toBe(`${server().url}/`);
    const second = await openSignedOut({ path, allowed: UNAUTHORIZED });
    await second.getByText('This address has been used or has expired.').waitFor();
  });

  test('the cookie is for requests of this site alone, out of reach for scripts, and stored as a hash', async () => {
    const page = await open();
    const [cookie] = await page.context().cookies(`${server().url}/api/v1/session`);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api/v1' });
    expect(await page.evaluate('document.cookie')).toBe('');
    const stored = JSON.stringify(await database.db.collection('sessions').find().toArray());
    expect(stored).not.toContain(decodeURIComponent(cookie?.value ?? '?'));
  });

  test('a session ends with its key', async () => {
    const keys = new ApiKeyService(collections);
    const { accessId } = await keys.create({ role: 'viewer' });
    const page = await openSignedOut({
      path: (await signInAddress(collections, server().url, accessId)).slice(server().url.length),
      allowed: UNAUTHORIZED,
    });
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    await keys.remove(accessId);
    await page.reload();
    await page.getByLabel('Access ID').waitFor();
  });

  test('the other tabs of a session that was signed out ask to sign in again at once, and then go on', async () => {
    const page = await open({ allowed: UNAUTHORIZED });
    const other = await page.context().newPage();
    await other.goto(server().url);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Access ID').waitFor();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByLabel('Access ID').fill(server().admin.accessId);
    await dialog.getByLabel('Access key').fill(server().admin.accessKey);
    const listening = page.waitForResponse((response) => response.url().endsWith('/events') && response.ok());
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await listening;
  });

  test('a mistyped address leads to a page that says so; programs get an error', async () => {
    const page = await open({ path: '/nope', allowed: /404 \(Not Found\)/ });
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Go to the Collection page.' }).click();
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    expect((await fetch(`${server().url}/nope`, { headers: { accept: 'application/json' } })).status).toBe(401);
    expect((await fetch(`${server().url}/api/v1/nope`, { headers: { accept: 'text/html' } })).status).toBe(401);
  });

  test('a tab that nobody looks at keeps no connection; one that is shown says when changes do not arrive', async () => {
    const page = await open({ allowed: /EventSource|503|ERR_/ });
    const opened = () =>
      page.evaluate('performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/events")).length');
    const show = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await show(true);
    await expect.poll(opened).toBeGreaterThan(0);
    await page.route('**/api/v1/events', (route) => route.fulfill({ status: 503 }));
    await show(false);
    await page.getByText('Live updates are interrupted.').waitFor();
    await page.unroute('**/api/v1/events');
    await page.getByText('Live updates are interrupted.').waitFor({ state: 'detached' });
  });

  test('an answer of something before the server is told, and signing in can be tried again', async () => {
    const page = await openSignedOut({ allowed: /502/ });
    await page.route('**/api/v1/session', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }));
    await page.getByLabel('Access ID').fill(server().admin.accessId);
    await page.getByLabel('Access key').fill(server().admin.accessKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The server answered 502').waitFor();
    await page.unroute('**/api/v1/session');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Collection' }).waitFor();
    await page.route('**/api/v1/session', (route) => route.fulfill({ status: 502 }));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in').waitFor();
  });

  test('the page may neither run inline scripts nor load or send anything elsewhere', async () => {
    const page = await open({ allowed: /Content Security Policy|TrustedScript|Refused|violates/ });
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.ranInline = true';
        document.body.append(script);
      } catch {}
      return 'ranInline' in window;
    })()`);
    expect(ran).toBe(false);
    const sent = await page.evaluate(`fetch('http://127.0.0.1:1/').then(() => 'sent', String)`);
    expect(sent).toMatch(/TypeError/);
  });
});

describe('requests of other sites', () => {
  const session = async () => {
    const { accessId, accessKey } = server().admin;
    const response = await fetch(`${server().url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accessId, accessKey }),
    });
    const { csrfToken } = (await response.json()) as { csrfToken: string };
    return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', csrfToken };
  };
  const create = (headers: Record<string, string>) =>
    api('POST', 'v1/collectors', {
      key: null,
      headers,
      body: { collector: { name: `by ${JSON.stringify(headers)}`.slice(0, 100) } },
    });

  test.each<[name: string, extra: (csrfToken: string) => Record<string, string>, status: number]>([
    ['the token of the session', (token) => ({ 'x-csrf-token': token }), 200],
    ['no token', () => ({}), 403],
    ['a wrong token', (token) => ({ 'x-csrf-token': token.replace(/^./, '_') }), 403],
    [
      'the token, but from a page of another origin',
      (token) => ({ 'x-csrf-token': token, origin: 'http://a.test' }),
      403,
    ],
    ['the token, but from another site', (token) => ({ 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' }), 403],
    [
      'the token, but from another host of the site',
      (token) => ({ 'x-csrf-token': token, 'sec-fetch-site': 'same-site' }),
      403,
    ],
  ])('a change by a session with %s', async (_name, extra, status) => {
    const { cookie, csrfToken } = await session();
    const answer = await create({ cookie, ...extra(csrfToken) });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json).toMatchObject({ code: 'session.foreign_request' });
  });

  test('credentials that a browser has kept do not help them', async () => {
    const { accessId, accessKey } = server().admin;
    const answer = await create({ authorization: basic(accessId, accessKey), origin: 'https://evil.test' });
    expect(answer.status).toBe(403);
  });

  test('only programs are offered basic authentication', async () => {
    const program = await api('GET', 'v1/collectors', { key: null });
    expect(program.headers.get('www-authenticate')).toContain('Basic');
    const browser = await api('GET', 'v1/collectors', { key: null, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([browser.status, browser.headers.get('www-authenticate')]).toEqual([401, null]);
  });

  test('no file outside of the pages is served', async () => {
    for (const path of [
      '/web/..%2f..%2fpackage.json',
      '/web/../server.ts',
      '/web/%2e%2e/server.ts',
      '/vendor/../app.ts',
    ]) {
      const { status } = await fetch(server().url + path);
      expect([path, status >= 400]).toEqual([path, true]);
    }
  });
});
