/** One round: fresh resources, one run of Schemathesis with one seed, and what its report tells. */

import { createReadStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import { lastLines } from '../../../devstack/log-tail.js';
import { OPENAPI_FILE } from '../../../src/api/openapi-document.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { argumentsOf, configOf, type Document, withExamples } from './inputs.js';
import type { LiveStack } from './live-stack.js';
import { type RoundReport, readReport } from './report.js';
import { makeResources } from './resources.js';
import type { Python } from './schemathesis-install.js';

export interface RoundOptions {
  readonly stack: LiveStack;
  readonly python: Python;
  /** Of this round's files; it is there. */
  readonly folder: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export type RoundResult = RoundReport & { readonly seed: number; readonly seconds: number };

/** @throws Error with its last words, when Schemathesis could not do its work; or the reason of `signal`. */
export async function runRound({ stack, python, folder, seed, signal }: RoundOptions): Promise<RoundResult> {
  const started = performance.now();
  const resources = await makeResources(stack, seed);
  signal.throwIfAborted();
  const file = (name: string) => join(folder, name);
  const [document, config] = [file('openapi.json'), file('schemathesis.toml')];
  const [report, log] = [file('report.ndjson'), file('output.log')];
  const original: Document = JSON.parse(readFileSync(join(projectRoot(), OPENAPI_FILE), 'utf8'));
  writeFileSync(document, JSON.stringify(withExamples(original, resources)));
  writeFileSync(config, configOf(resources));
  const { origin, admin } = stack;
  const args = argumentsOf({ document, config, report, origin, admin, seed });
  const tester = await spawnGuarded(python.command, [...python.args, ...args], {
    name: 'schemathesis',
    // It leaves its own notes in the folder where it runs.
    ...{ cwd: folder, logFile: log, env: python.env },
  });
  const stop = () => void tester.stop();
  signal.addEventListener('abort', stop, { once: true });
  const { code } = await awake(tester.exited).finally(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  if (!existsSync(report)) throw new Error(`Schemathesis ended with code ${code}:\n${lastLines(log, 30)}`);
  const result = await readReport(createInterface({ input: createReadStream(report) }));
  // 1 says that there are failures; then they have to be in the report.
  const isExplained = result.complete && code === (result.reported === 0 ? 0 : 1);
  if (!isExplained) throw new Error(`Schemathesis ended with code ${code}:\n${lastLines(log, 30)}`);
  rmSync(report);
  return { ...result, seed, seconds: Math.round((performance.now() - started) / 1_000) };
}

/** A guarded process does not keep the event loop alive by itself. */
async function awake<T>(promise: Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, 60_000);
  return promise.finally(() => clearInterval(alive));
}
