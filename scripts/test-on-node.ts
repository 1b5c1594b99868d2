/**
 * `npm run test:node -- 24`: runs tests on another version of Node, which npm fetches. Without further arguments it runs a part
 * that touches everything that depends on the version: streams, sockets, worker threads, native code, the programs.
 */
import { spawnSync } from 'node:child_process';
import { projectRoot } from '../src/runtime/project-root.js';

/** The releases that are tried, by their major version. */
const RELEASES: Readonly<Record<string, string>> = { '22': '22.23.3', '24': '24.21.0' };

const PART = [
  ...['test/records', 'test/secrets', 'test/http-client', 'test/runtime', 'test/config', 'test/domain', 'test/rules'],
  ...[
    'test/s3',
    'test/mimecast',
    'test/store',
    'test/ingest/collect.test.ts',
    'test/api/transport.test.ts',
    'test/api/follow.test.ts',
  ],
  ...['test/workflows/replay.test.ts', 'test/system/end-to-end/exactly-once.test.ts', 'test/metrics'],
] as const;

const [major = '', ...given] = process.argv.slice(2);
const release = RELEASES[major];
if (release === undefined) {
  console.error(`usage: npm run test:node -- ${Object.keys(RELEASES).join('|')} [VITEST-ARGUMENT…]`);
  process.exit(2);
}
const tests = ['node', 'scripts/run.mjs', 'scripts/test.ts', ...(given.length > 0 ? given : PART)];
console.log(`On Node ${release}:`);
const { status } = spawnSync('npm', ['exec', '--yes', `--package=node@${release}`, '--', ...tests], {
  cwd: projectRoot(),
  stdio: 'inherit',
});
process.exit(status ?? 1);
