/** A real Chromium for tests of the pages: signed-in pages, what went wrong in them, accessibility, pictures. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { signInAddress } from '../../src/management/keys/sign-in.js';
import type { Collections } from '../../src/store/collections.js';
import type { ApiServer } from './api-server.js';
import { CHROMIUM } from './chromium.js';

export interface PageOptions extends BrowserContextOptions {
  /** Default: the administrator. */
  readonly role?: 'admin' | 'viewer';
  /** Default: the Collection page. */
  readonly path?: string;
  /** What the console may complain about, such as an answer that the test makes the server give. */
  readonly allowed?: RegExp;
}

export interface Browsing {
  /** A page in a profile of its own, signed in. The test fails if its console tells of an error, and closes it. */
  open(options?: PageOptions): Promise<Page>;
  /** The same without signing in. */
  openSignedOut(options?: PageOptions): Promise<Page>;
}

/** Call it outside of tests and hooks. */
export function browsing({ collections, server }: { collections: Collections; server: () => ApiServer }): Browsing {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    // Chromium's own sandbox does not work for root; what it shows here is ours.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  const openSignedOut = async ({ role: _role, path = '/', allowed, ...options }: PageOptions = {}) => {
    if (browser === undefined) throw new Error('there is no Chromium');
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(server().url) && !request.url().startsWith('data:'))
        complaints.push(`asked for ${request.url()}`);
    });
    onTestFinished(async () => {
      await context.close();
      expect(complaints.filter((text) => allowed?.test(text) !== true)).toEqual([]);
    });
    await page.goto(server().url + path);
    return page;
  };
  return {
    openSignedOut,
    open: async (options = {}) => {
      const { role = 'admin', path = '/' } = options;
      const { url } = server();
      const address = await signInAddress(collections, url, server()[role].accessId);
      const page = await openSignedOut({ ...options, path: address.slice(url.length) });
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      if (path !== '/') await page.goto(url + path);
      return page;
    },
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** @returns what axe-core finds wrong with the page as it is now, by rule, with the first elements. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

/** Pictures are part of the docs, and drawn again only when asked for: `MIMECAST_PICTURES=1 npm test -- …`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.MIMECAST_PICTURES !== '1') return;
  await page.screenshot({ path: `docs/images/${name}.png` });
}
