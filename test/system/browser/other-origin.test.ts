/** Pages of other origins in the browser of somebody who is signed in: they change nothing and read nothing. */

import type { IncomingMessage } from 'node:http';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { browsing } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { serve } from '../../support/local-server.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { get: server, api } = apiServer({ collections, client: () => client });
const { open } = browsing({ collections, server });
beforeAll(() => collections.ensureIndexes());

interface Seen {
  readonly method: string;
  readonly status: number;
}

/** Another page of the same browser. @param host another port of the same host is the same site, another name is not */
async function foreignPage(page: Page, host: string) {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>');
  });
  const foreign = await page.context().newPage();
  const seen: Seen[] = [];
  foreign.on('response', (response) => {
    if (!response.url().startsWith(server().url)) return;
    seen.push({ method: response.request().method(), status: response.status() });
  });
  const cookies: boolean[] = [];
  const onRequest = ({ method, headers: { cookie } }: IncomingMessage) => {
    if (method === 'POST') cookies.push(cookie?.includes('mimecast_session') === true);
  };
  server().app.server.on('request', onRequest);
  onTestFinished(() => void server().app.server.off('request', onRequest));
  await foreign.goto(url.replace('127.0.0.1', host));
  /** Runs in the page. */
  const attempt = (path: string, init: object) =>
    foreign.evaluate(`fetch(${JSON.stringify(`${server().url}/api/v1/${path}`)}, ${JSON.stringify(init)}).then(
      ({ type, status }) => type + ' ' + status,
      ({ name }) => name,
    )`);
  return { foreign, seen, cookies, attempt };
}

const changes = async () =>
  (await api<{ data: { action: string }[] }>('GET', 'v1/auditTrail?limit=1000')).json.data.map(({ action }) => action);

describe.skipIf(CHROMIUM === undefined)('a page of another origin', () => {
  test.each([
    ['the same site, which the cookie is sent to', '127.0.0.1', true],
    ['another site', 'localhost', false],
  ])('on %s', async (_what, host, hasCookie) => {
    const page = await open();
    const before = await changes();
    const { foreign, seen, cookies, attempt } = await foreignPage(page, host);
    const simple = { method: 'POST', mode: 'no-cors', credentials: 'include' };
    // Needs neither a body nor a header that a browser would ask about first.
    expect(await attempt('indicators/fillIn', simple)).toBe('opaque 0');
    const collector = JSON.stringify({ collector: { name: 'foreign' } });
    expect(await attempt('collectors', { ...simple, headers: { 'content-type': 'text/plain' }, body: collector })).toBe(
      'opaque 0',
    );
    await until(
      () => seen,
      ({ length }) => length === 2,
    );
    expect(seen).toEqual(['POST', 'POST'].map((method) => ({ method, status: 403 })));
    const areSent = [...cookies];
    const asked = { credentials: 'include', headers: { 'content-type': 'application/json' } };
    expect(await attempt('collectors', { ...asked, method: 'POST', body: collector })).toBe('TypeError');
    expect(await attempt('collectors/1', { ...asked, method: 'DELETE' })).toBe('TypeError');
    expect(await attempt('session', { credentials: 'include' })).toBe('TypeError');
    const answered = foreign.waitForResponse((response) => response.url().startsWith(server().url));
    await foreign.setContent(
      `<form method="post" action="${server().url}/api/v1/indicators/fillIn"><button>Go</button></form>`,
    );
    await foreign.getByRole('button').click();
    expect((await answered).status()).toBe(403);
    expect(await changes()).toEqual(before);
    expect(areSent).toEqual([hasCookie, hasCookie]);
  });

  test('whereas our own page may', async () => {
    const page = await open();
    const before = await changes();
    const status = await page.evaluate(`fetch('/api/v1/session')
      .then((answer) => answer.json())
      .then(({ csrfToken }) => fetch('/api/v1/indicators/fillIn', { method: 'POST', headers: { 'x-csrf-token': csrfToken } }))
      .then(({ status }) => status)`);
    expect(status).toBeLessThan(300);
    expect(await changes()).toEqual(['indicators.fillIn', ...before]);
  });
});
