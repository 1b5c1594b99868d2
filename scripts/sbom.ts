/** `npm run sbom`: writes a software bill of materials to standard output, as CycloneDX in JSON. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { runProgram } from '../src/runtime/program.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { endWithReader } from '../src/runtime/stop-signals.js';
import { lockedPackages } from './locked-packages.js';
import { type Sbom, sbomOf } from './sbom-document.js';

/** A list of some hundred packages has about half a MiB. */
const LONGEST = 64 * 1_024 * 1_024;

const program = new Command('sbom')
  .description('Writes what is installed as CycloneDX JSON: packages of npm, and the servers that npm start fetches.')
  .option('--with-dev', 'also what is only for work on the project', false)
  .allowExcessArguments(false)
  .action(({ withDev }: { readonly withDev: boolean }) => {
    const cwd = projectRoot();
    const { name } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
    const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
    const npm: Sbom = JSON.parse(
      execFileSync('npm', args, { cwd, maxBuffer: LONGEST, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }),
    );
    const sbom = sbomOf(npm, { name, packages: lockedPackages(), withDev });
    process.stdout.write(`${JSON.stringify(sbom, null, 2)}\n`);
  });

endWithReader();
await runProgram(program);
