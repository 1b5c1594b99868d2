/** `npm run build`: compiles `src/` into `dist/`, with the files that are no TypeScript and the workflows' bundle. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/runtime/project-root.js';
import { writeWorkflowBundle } from '../src/runtime/workflow-bundle.js';

const root = projectRoot();
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
compile();
copyAssets();
await writeWorkflowBundle(join(dist, 'workflow-bundle.js'), join(dist, 'workflows/index.js'));
console.log('Built dist/.');

function compile(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(1);
}

/** Pages, styles and data files keep their place beside the code that reads them. */
function copyAssets(): void {
  cpSync(join(root, 'src'), dist, {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !/(\.m?ts|tsconfig\.json)$/.test(source),
  });
}
