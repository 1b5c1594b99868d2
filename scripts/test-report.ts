/** What Vitest's own report says of a run. */

import { readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface RunReport {
  readonly counts: Counts;
  /** Files in which something failed. */
  readonly failedFiles: readonly string[];
  /** Tests that failed and tests that passed, by file and full name; a file that could not be loaded stands for itself. */
  readonly failed: readonly string[];
  readonly passed: ReadonlySet<string>;
}

interface JsonReport {
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

/** A file that could not even be loaded has no tests to count, and is one failure. */
export function readReport(path: string): RunReport {
  const { testResults }: JsonReport = JSON.parse(readFileSync(path, 'utf8'));
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ name: `${name} > ${fullName}`, status })),
  );
  const named = (wanted: string) => tests.filter(({ status }) => status === wanted).map(({ name }) => name);
  const failedFiles = testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
  const unloaded = failedFiles.filter((file) => !named('failed').some((name) => name.startsWith(`${file} > `)));
  const failed = [...named('failed'), ...unloaded];
  const passed = named('passed');
  const skipped = tests.length - named('failed').length - passed.length;
  return {
    counts: { passed: passed.length, failed: failed.length, skipped },
    failedFiles,
    failed,
    passed: new Set(passed),
  };
}

export function none(): Counts {
  return { passed: 0, failed: 0, skipped: 0 };
}
