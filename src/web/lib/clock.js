/** Now, for texts such as "3 min ago" that have to stay true. */

import { signal } from '@preact/signals';

/** Epoch milliseconds, each second while the page is visible. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1_000);
