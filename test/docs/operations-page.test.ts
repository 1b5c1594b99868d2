import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OPERATIONS_PAGE, operationsPage } from '../../scripts/operations-page.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the table of permissions names what each stream needs; "npm run docs" writes it again', () => {
  expect(readFileSync(`${projectRoot()}/${OPERATIONS_PAGE}`, 'utf8')).toBe(operationsPage());
});
