/** `npm run docs`: writes the pages that are made from the code's own tables. A test compares them. */

import { writeFileSync } from 'node:fs';
import { projectRoot } from '../src/embedded/project-root.js';
import { STATES_PAGE, statesPage } from './states-page.js';

writeFileSync(`${projectRoot()}/${STATES_PAGE}`, statesPage());
console.log(`${STATES_PAGE} written`);
