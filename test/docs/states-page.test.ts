import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STATES_PAGE, statesPage } from '../../scripts/states-page.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the page on states says what the code does; "npm run docs" writes it again', () => {
  expect(readFileSync(`${projectRoot()}/${STATES_PAGE}`, 'utf8')).toBe(statesPage());
});
