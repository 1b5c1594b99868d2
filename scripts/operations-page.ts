/** The table of permissions in docs/operations.md, made from the definitions of the streams. */

import { DEFINITIONS } from '../src/domain/streams/definitions/list.js';
import { withTable } from './generated-table.js';

export const OPERATIONS_PAGE = 'docs/operations.md';

export function operationsPage(): string {
  const rows = new Map<string, string[]>();
  for (const { name, product, permission } of DEFINITIONS) {
    const needed = `${product} | ${permission}`;
    rows.set(needed, [...(rows.get(needed) ?? []), `\`${name}\``]);
  }
  const table = [
    '| streams | product | permission of the role |',
    '|---|---|---|',
    ...[...rows].map(([needed, streams]) => `| ${streams.join(', ')} | ${needed} |`),
  ];
  return withTable(OPERATIONS_PAGE, 'src/domain/streams/definitions/', table.join('\n'));
}
