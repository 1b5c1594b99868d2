/** The page of one source, in a browser, on a stack of its own with a worker. */

import type { Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';
import { apiServer } from './api-server.js';
import { accessibilityFaults, browsing, type PageOptions } from './browser.js';
import { CHROMIUM } from './chromium.js';
import { e2eStack, sourceFile } from './e2e-stack.js';
import { until } from './until.js';

/** Where the Temporal Web UI is said to be. */
export const UI = 'https://temporal.example.com';

/** Call it outside of tests and hooks. */
export function sourcePages() {
  const { get: stack, collections } = e2eStack({ historyMs: 6 * 3_600_000, historyRate: 10, rate: 0 });
  const { get: server, api } = apiServer({ collections, client: () => stack().client, temporalUiUrl: UI });
  const { open } = browsing({ collections, server });
  let collectorId = 0;
  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    await stack().startWorker();
    const body = { collector: { name: 'cloud' } };
    const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body });
    collectorId = made.json.collector.id;
  });

  const statusUntil = (id: number, wanted: Parameters<typeof until<Awaited<ReturnType<typeof status>>>>[1]) =>
    until(() => status(id), wanted);
  const status = (id: number) => stack().service.status(String(id));
  return {
    ...{ stack, collections, api, server, status },
    newSource: async (name: string, config: Readonly<Record<string, unknown>> = {}): Promise<number> => {
      const body = sourceFile(stack().simulator, { name, pollInterval: '1h', ...config });
      const path = `v1/collectors/${collectorId}/sources`;
      const { json, text } = await api<{ source?: { id: number } }>('POST', path, { body });
      if (json.source === undefined) throw new Error(text);
      return json.source.id;
    },
    inState: (id: number, state: string) => statusUntil(id, (seen) => seen.state === state),
    caughtUp: (id: number) =>
      statusUntil(
        id,
        ({ snapshot }) =>
          snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting'),
      ),
    apiPath: (id: number, rest = '') => `v1/collectors/${collectorId}/sources/${id}${rest}`,
    openSource: async (id: number, { query = '', ...options }: PageOptions & { readonly query?: string } = {}) => {
      const page = await open({ ...options, path: `/sources/${id}${query}` });
      await page.getByRole('region', { name: 'Streams' }).first().waitFor();
      return page;
    },
    open,
  };
}

/** A part of the page by its heading. */
export function part(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** In light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page), colorScheme).toEqual([]);
  }
}
