import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARCHITECTURE_PAGE, architecturePage } from '../../scripts/architecture-page.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the table of folders says what the import rules enforce', () => {
  expect(architecturePage()).toBe(readFileSync(`${projectRoot()}/${ARCHITECTURE_PAGE}`, 'utf8'));
});
