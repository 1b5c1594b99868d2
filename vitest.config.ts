import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/support/slowest-first.js';

/** Folders of tests that need Temporal and MongoDB. All others run without, so that a small change is tested at once. */
const INTEGRATION = ['activities', 'alerts', 'api', 'ingest', 'management', 'store', 'support', 'workflows'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

/** Whole stacks, programs as users start them, and what they are tried with: servers that are started and ended, the simulator. */
const SYSTEM = ['system/end-to-end', 'system/programs', 'devstack', 'simulator'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

/** Random walks, long pauses, whole lives, many processes. */
const LONG = 'test/**/*.long.test.ts';

/** The pages, in a real browser. */
const BROWSER = 'test/system/browser/**/*.test.ts';

/** Kills servers and loads the machine, so it runs when all other tests are through. */
const FAULT_SUITE = 'test/system/faults/fault-suite.long.test.ts';

const SERVERS = { globalSetup: 'test/support/start-servers.ts' };

export default defineConfig({
  test: {
    pool: 'forks',
    // Fewer leave much of two cores unused, as tests often wait for a timer or a server.
    maxWorkers: 4,
    // Processes are shared by the files of a project: to load Temporal and MongoDB for each took a third of the time.
    isolate: false,
    // Limits are for what hangs, not for what is slow: real servers share the machine with the tests.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    sequence: { sequencer: SlowestFirst },
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...INTEGRATION, ...SYSTEM, BROWSER, LONG] },
      },
      { extends: true, test: { name: 'integration', include: INTEGRATION, exclude: [LONG], ...SERVERS } },
      { extends: true, test: { name: 'system', include: SYSTEM, exclude: [LONG], ...SERVERS } },
      { extends: true, test: { name: 'browser', include: [BROWSER], ...SERVERS } },
      { extends: true, test: { name: 'long', include: [LONG], exclude: [FAULT_SUITE], isolate: true, ...SERVERS } },
      { extends: true, test: { name: 'faults', include: [FAULT_SUITE], isolate: true, sequence: { groupOrder: 1 } } },
    ],
  },
});
