/**
 * Runs the tests on real servers. The last line it prints is `N passed, N failed`, with `, N skipped` when there are any,
 * counted from vitest's own report.
 *
 * - `npm test`: each part by itself, on real servers.
 * - `npm test -- --ci`: also whole stacks and programs, the pages in a browser, and the faults. What fails in a few files only
 *   is tried once more, one file after the other, and named even if it passes then.
 * - `npm run test:long`: what takes minutes, `test/**\/*.long.test.ts`, and all of the above but the parts.
 * - `npm test -- VITEST-ARGUMENT…`, such as the path of a test, a long one or not.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutables } from '../devstack/executables.js';
import { spawnGuarded } from '../devstack/guarded-process.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { exitCodeFor, stopOnSignals } from '../src/runtime/stop-signals.js';
import { CHROMIUM } from '../test/support/chromium.js';
import { temporaryFolder } from '../test/support/temporary-folder.js';
import { memoryFolder } from './memory-folder.js';
import { type Counts, none, type RunReport, readReport } from './test-report.js';

const QUICK = ['unit', 'integration'];
const SLOW = ['system', 'browser', 'faults'];

/** Vitest's projects for each flag of ours. */
const PROJECTS: Readonly<Record<string, readonly string[]>> = {
  '--ci': [...QUICK, ...SLOW],
  '--long': ['long', ...SLOW],
};

/** What fails in more files than that is no accident. */
const MAX_FILES_AGAIN = 3;

const root = projectRoot();
process.chdir(root);
const folder = temporaryFolder(memoryFolder() ?? tmpdir());
process.on('exit', () => folder.remove());

const { counts, problem } = await runAll().catch((error: Error) => ({ counts: none(), problem: error.message }));
if (problem !== undefined) {
  console.error(problem);
  counts.failed += 1;
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 ? 1 : 0);

interface Result {
  readonly counts: Counts;
  /** A reason to fail that is no single test's failure. */
  readonly problem?: string;
}

async function runAll(): Promise<Result> {
  const given = process.argv.slice(2);
  const first = await runTests(vitestArguments(given), 'report.json');
  const files = first.report?.failedFiles ?? [];
  if (!given.includes('--ci') || first.problem !== undefined || files.length === 0 || files.length > MAX_FILES_AGAIN)
    return first;
  return tryAgain(first, files);
}

/** A test that fails beside others and not alone is a defect, but says nothing against what it tests. */
async function tryAgain({ counts, report }: TestRun, files: readonly string[]): Promise<Result> {
  console.log(`${counts.failed} failed. Once more, one file after the other: ${files.join(', ')}`);
  const projects = vitestArguments(['--ci']);
  const again = await runTests([...projects, '--maxWorkers=1', ...files], 'report-again.json');
  if (again.problem !== undefined) return { counts, problem: again.problem };
  const late = (report?.failed ?? []).filter(
    (name) => again.report?.passed.has(name) === true && !again.report.failed.includes(name),
  );
  for (const name of late) console.log(`Passed only when nothing else ran, mend it: ${name}`);
  return {
    counts: { ...counts, passed: counts.passed + late.length, failed: counts.failed - late.length },
  };
}

interface TestRun extends Result {
  readonly report?: RunReport;
}

async function runTests(vitestArgs: readonly string[], reportName: string): Promise<TestRun> {
  const reportFile = join(folder.path, reportName);
  // Found here, so that a download never eats up the time limit of a test.
  const found = await findExecutables(['temporal', 'mongod', 'temporal-test-server'], { onProgress: console.error });
  const args = ['run', ...vitestArgs, '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
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
  if (!existsSync(reportFile))
    return { counts: none(), problem: `vitest ended with code ${code} and without a report` };
  const report = readReport(reportFile);
  const { counts } = report;
  if (counts.passed + counts.failed === 0) return { counts, problem: 'no test ran' };
  if (code !== 0 && counts.failed === 0) {
    return { counts, problem: `vitest ended with code ${code} although no test failed: an error outside of tests` };
  }
  return { counts, report };
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
