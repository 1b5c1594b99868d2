/** Pages that people write, with a table in them that is made from the code. */

import { readFileSync } from 'node:fs';
import { projectRoot } from '../src/runtime/project-root.js';

/** The text in which a generated table ends. */
const END = '<!-- End of the table. -->';

/** What a page says now. */
export function pageNow(path: string): string {
  return readFileSync(`${projectRoot()}/${path}`, 'utf8');
}

/**
 * The page with one of its tables renewed; all other text stays.
 *
 * @param source what the table is made from.
 * @param page default: as it is now.
 * @throws Error when the page has lost the marks around the table.
 */
export function withTable(path: string, source: string, table: string, page = pageNow(path)): string {
  const begin = `<!-- Made by "npm run docs" from ${source}; a test compares it. -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`${path} has no ${begin} … ${END}`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`;
}
