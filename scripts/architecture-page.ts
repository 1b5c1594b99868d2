/** The table of folders in docs/architecture.md, made from the import rules. */

import { readFileSync } from 'node:fs';
import { projectRoot } from '../src/runtime/project-root.js';
import { importable, LAYERS } from './layers.cjs';

export const ARCHITECTURE_PAGE = 'docs/architecture.md';
const BEGIN = '<!-- Made by "npm run docs" from scripts/layers.cjs; a test compares it. -->';
const END = '<!-- End of the table. -->';

/**
 * The page with its table renewed; all other text stays.
 *
 * @throws Error when the page has lost the marks around the table.
 */
export function architecturePage(): string {
  const page = readFileSync(`${projectRoot()}/${ARCHITECTURE_PAGE}`, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`${ARCHITECTURE_PAGE} has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
}

function table(): string {
  const rows = Object.entries(LAYERS).map(([folder, layer]) => {
    const { imports, packages, job } = layer;
    const allowed = imports === 'all' ? allBut(importable(folder, layer), folder) : list(imports);
    return `| \`${folder}/\` | ${job} | ${allowed} | ${packages === 'all' ? 'any but `mongodb`' : list(packages)} |`;
  });
  return ['| folder of `src/` | job | may import | packages |', '|---|---|---|---|', ...rows].join('\n');
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '-' : names.map((name) => `\`${name}\``).join(', ');
}

function allBut(allowed: readonly string[], folder: string): string {
  const others = Object.keys(LAYERS).filter((other) => other !== folder && !allowed.includes(other));
  return others.length === 0 ? 'all' : `all but ${list(others)}`;
}
