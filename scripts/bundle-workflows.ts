/** `bundle-workflows.ts OUT`: packs the workflows into a file, in a process of its own. Used by `src/runtime/workflow-code.ts`. */

import { join } from 'node:path';
import { projectRoot } from '../src/runtime/project-root.js';
import { writeWorkflowBundle } from '../src/runtime/workflow-bundle.js';

const [outFile] = process.argv.slice(2);
if (outFile === undefined) throw new Error('usage: bundle-workflows.ts OUT');
await writeWorkflowBundle(outFile, join(projectRoot(), 'src/workflows/index.ts'));
