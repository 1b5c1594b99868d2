/** Pages that people write, with a table in them that is made from the code. */

import { readFileSync } from 'node:fs';
import { projectRoot } from '../src/runtime/project-root.js';

/** The text in which a generated table ends. */
const END = '<!-- End of the table. -->';

/**
 * The page with its table renewed; all other text stays.
 *
 * @param source what the table is made from.
 * @throws Error when the page has lost the marks around the table.
 */
export function withTable(path: string, source: string, table: string): string {
  const begin = `<!-- Made by "npm run docs" from ${source}; a test compares it. -->`;
  const page = readFileSync(`${projectRoot()}/${path}`, 'utf8');
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`${path} has no ${begin} … ${END}`);
  return `${before}${begin}\n\n${table}\n\n${END}${after}`;
}
