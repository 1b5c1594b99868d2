/** Sources for tests of the Collection page, and their rows on it. */

import type { Locator, Page } from 'playwright-core';
import type { apiServer } from './api-server.js';
import { type E2eStack, sourceFile } from './e2e-stack.js';
import { until } from './until.js';

export interface CollectionSources {
  /** @returns its id; all sources are made on the first one. */
  newCollector(collector: Readonly<Record<string, unknown>>): Promise<number>;
  newSource(name: string, config?: Readonly<Record<string, unknown>>): Promise<number>;
  idOf(name: string): number;
  /** Of a source, as `api` wants it. */
  pathOf(id: number): string;
  inState(id: number, state: string): Promise<unknown>;
}

export function collectionSources(
  { api }: Pick<ReturnType<typeof apiServer>, 'api'>,
  stack: () => Pick<E2eStack, 'simulator'>,
): CollectionSources {
  let collectorId: number | undefined;
  const ids = new Map<string, number>();
  const pathOf = (id: number) => `v1/collectors/${collectorId}/sources/${id}`;
  const stateOf = async (id: number) =>
    (await api<{ source?: { state: { state: string } } }>('GET', pathOf(id))).json.source?.state.state;
  return {
    pathOf,
    newCollector: async (collector) => {
      const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body: { collector } });
      collectorId ??= json.collector.id;
      return json.collector.id;
    },
    newSource: async (name, config = {}) => {
      const body = sourceFile(stack().simulator, { name, ...config });
      const path = `v1/collectors/${collectorId}/sources`;
      const { json, text } = await api<{ source?: { id: number } }>('POST', path, { body });
      if (json.source === undefined) throw new Error(text);
      ids.set(name, json.source.id);
      return json.source.id;
    },
    idOf: (name) => {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`no source named ${name}`);
      return id;
    },
    inState: (id, wanted) =>
      until(
        () => stateOf(id),
        (state) => state === wanted,
      ),
  };
}

export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

/** Waits until it has the focus. */
export const focused = (page: Page, what: Locator): Promise<void> => what.and(page.locator(':focus')).waitFor();

/** Chooses from the menu of a source. */
export async function choose(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.locator('.menu:popover-open').getByRole('button', { name: action, exact: true }).click();
}
