/** `npm run check`: format, lint, types, and the import table, each by its own tool; all run, then one verdict. */
import { spawnSync } from 'node:child_process';

const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['types', 'tsc', '--pretty', 'false'],
  ['types of the pages', 'tsc', '--pretty', 'false', '-p', 'src/web'],
  ['imports', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'devstack', 'simulator', 'bench', 'test'],
];

const failed = STEPS.filter(([name, command, ...args]) => {
  console.log(`\n── ${name}`);
  return spawnSync('npx', ['--no-install', command, ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0;
}).map(([name]) => name);

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
