/** `npm run docs`: writes the pages that are made from the code's own tables. Tests compare them. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { OPENAPI_FILE, openApiDocument } from '../src/api/openapi-document.js';
import { SOURCE_FILE_JSON_SCHEMA } from '../src/config/json-schema.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { ARCHITECTURE_PAGE, architecturePage } from './architecture-page.js';
import { CONFIGURATION_PAGE, configurationPage, SCHEMA_FILE } from './configuration-page.js';
import { DETECTIONS_PAGE, detectionsPage } from './detections-page.js';
import { LICENSES_PAGE, licensesPage } from './licenses-page.js';
import { OPERATIONS_PAGE, operationsPage } from './operations-page.js';
import { STATES_PAGE, statesPage } from './states-page.js';

const PAGES: Readonly<Record<string, string>> = {
  [ARCHITECTURE_PAGE]: architecturePage(),
  [STATES_PAGE]: statesPage(),
  [DETECTIONS_PAGE]: detectionsPage(),
  [OPERATIONS_PAGE]: operationsPage(),
  [CONFIGURATION_PAGE]: configurationPage(),
  [LICENSES_PAGE]: licensesPage(),
  [SCHEMA_FILE]: `${JSON.stringify(SOURCE_FILE_JSON_SCHEMA, null, 2)}\n`,
  [OPENAPI_FILE]: `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
};

for (const [page, content] of Object.entries(PAGES)) {
  writeFileSync(`${projectRoot()}/${page}`, content);
  console.log(`${page} written`);
}
const { status } = spawnSync('npx', ['--no-install', 'biome', 'format', '--write', SCHEMA_FILE, OPENAPI_FILE], {
  cwd: projectRoot(),
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.exitCode = status ?? 1;
