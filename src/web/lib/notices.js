/** Short messages at the bottom left: that something was done, or why not. */

import { signal } from '@preact/signals';

/**
 * @typedef {object} Notice
 * @property {number} id
 * @property {'done' | 'failed'} kind
 * @property {string} text
 */

export const notices = signal(/** @type {readonly Notice[]} */ ([]));

const SHOWN_MS = 8_000;
let lastId = 0;

/** Goes by itself. @param {string} text */
export function tellDone(text) {
  const id = add('done', text);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Stays until it is dismissed. @param {string} text */
export function tellFailed(text) {
  add('failed', text);
}

/** @param {Notice['kind']} kind @param {string} text */
function add(kind, text) {
  lastId += 1;
  notices.value = [...notices.value, { id: lastId, kind, text }].slice(-5);
  return lastId;
}

/** @param {number} id */
export function dismiss(id) {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
