/** The address as a signal: which page, and what it shows. */

import { signal } from '@preact/signals';

/**
 * @typedef {object} Address
 * @property {string} path
 * @property {URLSearchParams} query
 */

/** @returns {Address} */
function current() {
  return { path: decodedPath(), query: new URLSearchParams(location.search) };
}

function decodedPath() {
  return location.pathname.replace(/(?<=.)\/+$/, '');
}

export const address = signal(current());

addEventListener('popstate', () => {
  address.value = current();
});

/** @param {string} href @param {{ replace?: boolean }} [options] */
export function navigate(href, { replace = false } = {}) {
  const { pathname } = location;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  address.value = current();
  if (location.pathname === pathname) return;
  scrollTo(0, 0);
  // What had the focus is gone with its page. The frame stays, and the next page begins here, unless somebody was quicker.
  const before = document.activeElement;
  requestAnimationFrame(() => {
    const { activeElement, body } = document;
    if (activeElement === before || activeElement === body) document.getElementById('content')?.focus();
  });
}

/**
 * Changes parts of the query and keeps the rest; empty values go. A list is one parameter for each of its entries.
 *
 * @param {Record<string, string | readonly string[] | undefined>} changes
 * @param {{ push?: boolean }} [options] whether Back leads to the address before; default: it replaces it
 */
export function setQuery(changes, { push = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of [value ?? []].flat()) if (one !== '') query.append(name, one);
  }
  const text = query.toString();
  navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: !push });
}

// Links to our own pages need no new document, unless somebody wants a new tab.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
});
