import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OPENAPI_FILE, openApiDocument } from '../../src/api/openapi-document.js';
import { projectRoot } from '../../src/runtime/project-root.js';

test('the OpenAPI document is what the server serves; "npm run docs" writes it again', async () => {
  const kept = JSON.parse(readFileSync(`${projectRoot()}/${OPENAPI_FILE}`, 'utf8'));
  expect(kept).toEqual(JSON.parse(JSON.stringify(await openApiDocument())));
  expect(kept.openapi).toBe('3.1.0');
});
