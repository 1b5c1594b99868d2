/** The table of folders in docs/architecture.md, made from the import rules. */

import { withTable } from './generated-table.js';
import { importable, LAYERS } from './layers.cjs';

export const ARCHITECTURE_PAGE = 'docs/architecture.md';

export function architecturePage(): string {
  return withTable(ARCHITECTURE_PAGE, 'scripts/layers.cjs', table());
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
