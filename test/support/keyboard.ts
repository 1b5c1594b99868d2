/** Walks over a page by keyboard alone. */

import type { Locator, Page } from 'playwright-core';
import { until } from './until.js';

const NAME = `(() => {
  const { activeElement: at } = document;
  const label = at.labels?.[0]?.textContent;
  return (at.getAttribute('aria-label') ?? label ?? at.textContent ?? '').trim();
})()`;

/** Tabs on until something of that name has the focus. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let steps = 0; steps < 200; steps += 1) {
    const focused = String(await page.evaluate(NAME));
    if (name.test(focused)) return;
    passed.push(focused.slice(0, 40));
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is out of reach from ${passed.join(' → ')}`);
}

/** Opens a dialog with what has the focus, leaves it with Escape, and waits for the focus to return. */
export async function openAndLeave(page: Page, opener: Locator, dialogName: string, key = 'Enter'): Promise<void> {
  await page.keyboard.press(key);
  const dialog = page.getByRole('dialog', { name: dialogName });
  await dialog.waitFor();
  await until(
    () => dialog.evaluate((box) => box.contains(box.ownerDocument.activeElement)),
    (isInside) => isInside,
  );
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await opener.and(page.locator(':focus')).waitFor();
}
