import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DETECTIONS_PAGE, detectionsPage } from '../../scripts/detections-page.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the page on detections says what the code does; "npm run docs" writes it again', () => {
  expect(readFileSync(`${projectRoot()}/${DETECTIONS_PAGE}`, 'utf8')).toBe(detectionsPage());
});
