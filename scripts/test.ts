/**
 * Runs the tests on real servers. The last line it prints is `N passed, N failed`, with `, N skipped` when there are any,
 * counted from vitest's own report.
 *
 * - `npm test`: each part by itself, on real servers.
 * - `npm run test:long`: whole stacks and programs, the pages in a browser, and what takes long, `test/**\/*.long.test.ts`.
 * - `npm test -- --with-long`: both, as CI runs them.
 * - `npm test -- VITEST-ARGUMENT…`, such as the path of a test, a long one or not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutables } from '../devstack/executables.js';
import { spawnGuarded } from '../devstack/guarded-process.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { exitCodeFor, stopOnSignals } from '../src/runtime/stop-signals.js';
import { CHROMIUM } from '../test/support/chromium.js';
import { temporaryFolder } from '../test/support/temporary-folder.js';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const QUICK = ['unit', 'integration'];
const SLOW = ['system', 'browser', 'long', 'faults'];

/** Vitest's projects for each flag of ours. */
const PROJECTS: Readonly<Record<string, readonly string[]>> = {
  '--long': SLOW,
  '--with-long': [...QUICK, ...SLOW],
};

const root = projectRoot();
process.chdir(root);
const folder = temporaryFolder();
process.on('exit', () => folder.remove());
const report = join(folder.path, 'report.json');

const { counts, problem } = await runTests().catch((error: Error) => ({ counts: none(), problem: error.message }));
if (problem !== undefined) {
  console.error(problem);
  counts.failed += 1;
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 ? 1 : 0);

/** `problem` is a reason to fail that is no single test's failure. */
async function runTests(): Promise<{ counts: Counts; problem?: string }> {
  // Found here, so that a download never eats up the time limit of a test.
  const found = await findExecutables(['temporal', 'mongod', 'temporal-test-server'], { onProgress: console.error });
  const args = [
    'run',
    ...vitestArguments(process.argv.slice(2)),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  if (CHROMIUM === undefined && args.includes('browser'))
    console.error('No Chromium found: tests of the pages are skipped. Install chromium, or set CHROMIUM_PATH.');
  const vitest = await spawnGuarded(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    name: 'vitest',
    env: {
      CI: 'true',
      // One folder for all that the tests leave lying about, even when they are interrupted.
      TMPDIR: folder.path,
      TEMPORAL_CLI_PATH: found.temporal,
      MONGOD_PATH: found.mongod,
      TEMPORAL_TEST_SERVER_PATH: found['temporal-test-server'],
    },
  });
  stopOnSignals((signal) => void vitest.stop().finally(() => process.exit(exitCodeFor(signal))));
  const { code } = await waitFor(vitest.exited);
  if (!existsSync(report)) return { counts: none(), problem: `vitest ended with code ${code} and without a report` };
  const counts = count(JSON.parse(readFileSync(report, 'utf8')));
  if (counts.passed + counts.failed === 0) return { counts, problem: 'no test ran' };
  if (code !== 0 && counts.failed === 0) {
    return { counts, problem: `vitest ended with code ${code} although no test failed: an error outside of tests` };
  }
  return { counts };
}

function vitestArguments(given: readonly string[]): string[] {
  const flag = given.find((argument) => argument in PROJECTS);
  const others = given.filter((argument) => argument !== flag);
  // Whoever names a test means it, whichever kind it is.
  const projects = PROJECTS[flag ?? ''] ?? (others.length > 0 ? [] : QUICK);
  return [...projects.flatMap((name) => ['--project', name]), ...others];
}

/** A guarded process does not keep the event loop alive by itself. */
async function waitFor<T>(promise: Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await promise;
  } finally {
    clearInterval(alive);
  }
}

interface Report {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file that could not even be loaded has no tests to count, and is one failure. */
function count({ testResults }: Report): Counts {
  const counts = none();
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    counts.passed += passed;
    counts.failed += status === 'failed' && failed === 0 ? 1 : failed;
    counts.skipped += assertionResults.length - passed - failed;
  }
  return counts;
}

function none(): Counts {
  return { passed: 0, failed: 0, skipped: 0 };
}
